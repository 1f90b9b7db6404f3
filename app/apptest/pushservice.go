package apptest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// PushService is one of a browser's maker, for the devices of tests: it takes messages for
// them, checks who sent them, and opens them as the devices would.
type PushService struct {
	t      testing.TB
	server *httptest.Server
	mu     sync.Mutex
	got    map[string][]Pushed
	answer map[string]func(http.ResponseWriter)
	keys   map[string]*PushDevice
}

// Pushed is what a device got.
type Pushed struct {
	Plain  string
	Length int // of the message as it was sent
	TTL    string
	Topic  string
	Key    string // of the server that sent it
	Sub    string
}

// PushDevice is a browser that lets itself be told.
type PushDevice struct {
	Endpoint string
	Name     string
	key      *ecdh.PrivateKey
	auth     []byte
	service  *PushService
}

// NewPushService starts one.
func NewPushService(t testing.TB) *PushService {
	p := &PushService{t: t, got: map[string][]Pushed{}, answer: map[string]func(http.ResponseWriter){}, keys: map[string]*PushDevice{}}
	p.server = httptest.NewServer(http.HandlerFunc(p.take))
	t.Cleanup(p.server.Close)
	return p
}

// Device makes a device.
func (p *PushService) Device(name string) *PushDevice {
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	d := &PushDevice{Endpoint: p.server.URL + "/" + name, Name: name, key: k, auth: make([]byte, 16), service: p}
	rand.Read(d.auth)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys[name] = d
	return d
}

// Fields are those of the form that adds the device.
func (d *PushDevice) Fields() []string {
	b := base64.RawURLEncoding
	return []string{"endpoint", d.Endpoint, "p256dh", b.EncodeToString(d.key.PublicKey().Bytes()), "auth", b.EncodeToString(d.auth)}
}

// Answers has the service answer so for the device; nil: it takes messages again.
func (d *PushDevice) Answers(with func(http.ResponseWriter)) {
	d.service.mu.Lock()
	defer d.service.mu.Unlock()
	d.service.answer[d.Name] = with
}

// Got is what the device got so far.
func (d *PushDevice) Got() []Pushed {
	d.service.mu.Lock()
	defer d.service.mu.Unlock()
	return append([]Pushed(nil), d.service.got[d.Name]...)
}

// Waits waits until the device got so many.
func (d *PushDevice) Waits(n int) []Pushed {
	d.service.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if got := d.Got(); len(got) >= n {
			return got
		}
	}
	d.service.t.Fatalf("%s got %d messages, want %d", d.Name, len(d.Got()), n)
	return nil
}

func (p *PushService) take(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.keys[name]
	if d == nil || r.Method != http.MethodPost {
		http.Error(w, "no such device", http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Error(err)
	}
	got := Pushed{Length: len(body), TTL: r.Header.Get("TTL"), Topic: r.Header.Get("Topic")}
	if got.Key, got.Sub, err = checkVAPID(r.Header.Get("Authorization"), p.server.URL); err != nil {
		p.t.Error("authorization:", err)
	}
	plain, err := d.open(body)
	if err != nil || r.Header.Get("Content-Encoding") != "aes128gcm" {
		p.t.Error("it cannot be read:", err)
	}
	if got.Plain = string(plain); p.answer[name] != nil {
		p.answer[name](w)
		return
	}
	p.got[name] = append(p.got[name], got)
	w.WriteHeader(http.StatusCreated)
}

// open decrypts as RFC 8291 says.
func (d *PushDevice) open(body []byte) ([]byte, error) {
	if len(body) < 86 || body[20] != 65 || uint32(len(body)-86) > binary.BigEndian.Uint32(body[16:]) {
		return nil, errors.New("that is no record")
	}
	salt, public, sealed := body[:16], body[21:86], body[86:]
	from, err := ecdh.P256().NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	secret, err := d.key.ECDH(from)
	if err != nil {
		return nil, err
	}
	ikm, _ := hkdf.Key(sha256.New, secret, d.auth, "WebPush: info\x00"+string(d.key.PublicKey().Bytes())+string(public), 32)
	prk, _ := hkdf.Extract(sha256.New, ikm, salt)
	key, _ := hkdf.Expand(sha256.New, prk, "Content-Encoding: aes128gcm\x00", 16)
	nonce, _ := hkdf.Expand(sha256.New, prk, "Content-Encoding: nonce\x00", 12)
	block, _ := aes.NewCipher(key)
	gcm, _ := cipher.NewGCM(block)
	plain, err := gcm.Open(nil, nonce, sealed, nil)
	if err != nil {
		return nil, err
	}
	text, ok := strings.CutSuffix(strings.TrimRight(string(plain), "\x00"), "\x02")
	if !ok {
		return nil, errors.New("it has no end")
	}
	return []byte(text), nil
}

// checkVAPID checks the token of a sender, as RFC 8292 says.
func checkVAPID(header, origin string) (key, sub string, err error) {
	t, k, ok := strings.Cut(strings.TrimPrefix(header, "vapid t="), ", k=")
	parts := strings.Split(t, ".")
	if !ok || len(parts) != 3 {
		return "", "", errors.New("there is none: " + header)
	}
	b := base64.RawURLEncoding
	public, err := b.DecodeString(k)
	if err != nil || len(public) != 65 {
		return "", "", errors.New("the key is none")
	}
	signature, err := b.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return "", "", errors.New("the signature is none")
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	if err != nil {
		return "", "", err
	}
	if !ecdsa.Verify(pub, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return "", "", errors.New("it is not signed by that key")
	}
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	raw, _ := b.DecodeString(parts[1])
	if err := json.Unmarshal(raw, &claims); err != nil {
		return "", "", err
	}
	if left := time.Until(time.Unix(claims.Exp, 0)); claims.Aud != origin || left <= 0 || left > 24*time.Hour {
		return "", "", errors.New("it is for " + claims.Aud + " and ends in " + left.String())
	}
	if u, err := url.Parse(claims.Sub); err != nil || u.Scheme != "https" {
		return "", "", errors.New("the sender is " + claims.Sub)
	}
	return k, claims.Sub, nil
}
