package web

import (
	"bufio"
	"net"
	"reflect"
	"unsafe"
)

// dropRequestReader lets a socket read from its connection itself. Since request bodies are
// streamed, fasthttp 1.77 leaves the reader of the request between the two, whose 16 KiB
// (the limit of a header) would stay with every page for as long as it is open: more than
// all the rest of a page. It has no means to part with it, so it is taken out of
// fasthttp.hijackConn here. Where what is found is not what is meant, or the reader holds
// bytes that came with the request, everything stays as it is, and it answers nil; else
// with what the socket reads from.
func dropRequestReader(hijacked, conn net.Conn) *closeWatch {
	outer := reflect.ValueOf(hijacked)
	if outer.Kind() != reflect.Pointer || outer.Elem().Kind() != reflect.Struct {
		return nil
	}
	r := outer.Elem().FieldByName("r")
	if r.Kind() != reflect.Interface || r.IsNil() || r.Elem().Type() != reflect.TypeFor[*bufio.Reader]() {
		return nil
	}
	// One that holds bytes reads from them first, and not from the connection alone.
	if from := r.Elem().Elem().FieldByName("rd"); from.Kind() != reflect.Interface || !from.Equal(reflect.ValueOf(&conn).Elem()) {
		return nil
	}
	watch := &closeWatch{r: conn}
	reflect.NewAt(r.Type(), unsafe.Pointer(r.UnsafeAddr())).Elem().Set(reflect.ValueOf(watch))
	return watch
}
