package web

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/views"
)

// object is one of JSON.
type object = map[string]any

// openAPI describes operations as OpenAPI 3.1 has it.
func (s *Server) openAPI(c *fiber.Ctx) error {
	b, err := json.Marshal(describe(operations, s.public(c)))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/vnd.oai.openapi+json;version=3.1")
	return send(c, b)
}

func describe(operations []operation, host string) object {
	schemas := object{"problem": schemaOf(reflect.TypeFor[problem](), nil)}
	paths := object{}
	for _, o := range operations {
		path, _ := paths[templated(o.path)].(object)
		if path == nil {
			path = object{}
			paths[templated(o.path)] = path
		}
		path[strings.ToLower(o.method)] = o.describe(schemas)
	}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "Parley", "version": "1", "license": object{"name": "MIT", "identifier": "MIT"},
			"description": "What programs may do, by the key of a bot or of a person. Times are RFC 3339 in UTC. Errors are application/problem+json (RFC 9457), with words for people in detail."},
		"servers":  []object{{"url": host}},
		"security": []object{{"key": []string{}}},
		"components": object{"schemas": schemas, "responses": refusals,
			"securitySchemes": object{"key": object{"type": "http", "scheme": "bearer"}}},
		"paths": paths,
	}
}

// refusals are what every operation may answer.
var refusals = object{
	"refused": refusal("Refused: in words", nil),
	"limited": refusal("Too often: not again before the seconds that Retry-After says",
		object{"Retry-After": object{"description": "seconds", "schema": object{"type": "integer"}}}),
}

func refusal(says string, headers object) object {
	one := object{"description": says,
		"content": object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/problem"}}}}
	if headers != nil {
		one["headers"] = headers
	}
	return one
}

var placeholders = regexp.MustCompile(`:(\w+)`)

// templated writes a path of routes as OpenAPI does.
func templated(path string) string { return placeholders.ReplaceAllString(path, "{$1}") }

func (o operation) describe(schemas object) object {
	var parameters []object
	for _, name := range placeholders.FindAllStringSubmatch(o.path, -1) {
		kind := "integer"
		if name[1] == "token" || name[1] == "name" {
			kind = "string"
		}
		parameters = append(parameters, object{"name": name[1], "in": "path", "required": true, "schema": object{"type": kind}})
	}
	for _, p := range o.asks {
		parameters = append(parameters, object{"name": p.name, "in": "query", "description": p.says, "schema": object{"type": p.kind}})
	}
	d := object{"operationId": o.id, "summary": o.says, "responses": o.responses(schemas)}
	if more := strings.TrimSpace(o.more + " " + o.restriction()); more != "" {
		d["description"] = more
	}
	if len(parameters) > 0 {
		d["parameters"] = parameters
	}
	if len(o.takes) > 0 {
		form := o.form()
		content := object{fiber.MIMEApplicationJSON: object{"schema": form}, fiber.MIMEApplicationForm: object{"schema": form}}
		if o.files {
			with := o.form()
			with["properties"].(object)["file"] = object{"type": "array", "items": object{"type": "string",
				"contentMediaType": "application/octet-stream"}}
			delete(with, "required")
			content[fiber.MIMEMultipartForm] = object{"schema": with}
		}
		d["requestBody"] = object{"required": true, "content": content}
	}
	return d
}

func (o operation) restriction() string {
	if o.people {
		return "Not for the keys of bots."
	}
	return ""
}

func (o operation) form() object {
	properties, required := object{}, []string{}
	for _, f := range o.takes {
		one := object{"type": f.kind}
		if f.many {
			one = object{"type": "array", "items": one}
		}
		one["description"] = f.says
		properties[f.name] = one
		if f.must {
			required = append(required, f.name)
		}
	}
	form := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		form["required"] = required
	}
	return form
}

func (o operation) responses(schemas object) object {
	refused := object{"$ref": "#/components/responses/refused"}
	all := object{"default": refused, "4XX": refused, "429": object{"$ref": "#/components/responses/limited"}}
	status := o.statusText()
	if o.socket {
		all["101"] = object{"description": "A WebSocket, whose frames are of this form",
			"content": object{fiber.MIMEApplicationJSON: object{"schema": schemaOf(reflect.TypeOf(o.answers), schemas)}}}
		all["426"] = refused
		return all
	}
	switch o.answers.(type) {
	case nil:
		all[status] = object{"description": "Done"}
	case []byte:
		all[status] = object{"description": "The bytes", "content": object{"application/octet-stream": object{"schema": object{}}}}
	default:
		content := object{fiber.MIMEApplicationJSON: object{"schema": schemaOf(reflect.TypeOf(o.answers), schemas)}}
		all[status] = object{"description": "Done", "content": content}
		if slices.Contains(o.takes, cidOfIt) {
			all["200"] = object{"description": "It was done before, under the same cid", "content": content}
		}
	}
	return all
}

func (o operation) statusText() string {
	switch {
	case o.socket:
		return "101"
	case o.status == 201:
		return "201"
	case o.answers == nil:
		return "204"
	}
	return "200"
}

// schemaOf describes what encoding/json makes of a type; structs by name go to schemas.
func schemaOf(t reflect.Type, schemas object) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return object{"anyOf": []object{schemaOf(t.Elem(), schemas), {"type": "null"}}}
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Slice:
		return object{"type": "array", "items": schemaOf(t.Elem(), schemas)}
	case reflect.Struct:
		return structSchema(t, schemas)
	}
	return object{"type": "integer"}
}

func structSchema(t reflect.Type, schemas object) object {
	name := strings.ToLower(strings.TrimPrefix(t.Name(), "json"))
	if _, known := schemas[name]; known {
		return object{"$ref": "#/components/schemas/" + name}
	}
	if schemas != nil {
		schemas[name] = object{} // one that holds itself
	}
	properties, required := object{}, []string{}
	var add func(reflect.Type)
	add = func(t reflect.Type) {
		for f := range t.Fields() {
			if f.Anonymous {
				add(f.Type)
				continue
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			properties[name] = schemaOf(f.Type, schemas)
			required = append(required, name)
		}
	}
	add(t)
	schema := object{"type": "object", "properties": properties, "required": required}
	if schemas == nil {
		return schema
	}
	schemas[name] = schema
	return object{"$ref": "#/components/schemas/" + name}
}

// apiPage is the description for people.
func (s *Server) apiPage(c *fiber.Ctx) error {
	f := views.API{Host: s.public(c), Workspace: s.workspace().Workspace()}
	for _, o := range operations {
		one := views.APIOperation{ID: o.id, Method: o.method, Path: templated(o.path), Says: o.says, More: o.more, Writes: o.writes,
			People: o.people, Files: o.files, Status: o.statusText()}
		for _, p := range o.asks {
			one.Asks = append(one.Asks, views.APIField{Name: p.name, Kind: p.kind, Says: p.says})
		}
		for _, p := range o.takes {
			one.Takes = append(one.Takes, views.APIField{Name: p.name, Kind: p.kind, Says: p.says, Must: p.must, Many: p.many})
		}
		if o.answers != nil {
			if _, bytes := o.answers.([]byte); !bytes {
				one.Answer = example(reflect.TypeOf(o.answers))
			}
		}
		f.Operations = append(f.Operations, one)
	}
	return s.html(c, views.APIPage(f))
}

// example writes the shape of an answer.
func example(t reflect.Type) string {
	b, err := json.MarshalIndent(sample(t), "", "  ")
	if err != nil {
		return ""
	}
	return string(b)
}

// sample is a value of a type in which every list has one element.
func sample(t reflect.Type) any {
	v := reflect.New(t).Elem()
	fill(v, 0)
	return v.Interface()
}

func fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), depth)
		}
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.String:
		v.SetString("…")
	case reflect.Pointer:
		if v.Type().Elem() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), depth)
		}
	case reflect.Slice:
		if depth < 1 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), depth+1)
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
}
