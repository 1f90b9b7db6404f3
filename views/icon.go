package views

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// icon draws an icon of icons.svg. Pages have dozens: it is written as it is, without
// escaping what is ours.
func icon(name string) templ.Component { return sprite("icons.svg", name) }

// iconMore draws an icon of more.svg, which rooms do without.
func iconMore(name string) templ.Component { return sprite("more.svg", name) }

func sprite(file, name string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := w.Write(appendIcon(make([]byte, 0, 128), ctx, file, name))
		return err
	})
}

func appendIcon(b []byte, ctx context.Context, file, name string) []byte {
	b = append(append(append(b, `<svg class="i" aria-hidden="true"><use href="/static/`...), build(ctx)...), '/')
	return append(append(append(append(b, file...), '#'), name...), `"></use></svg>`...)
}
