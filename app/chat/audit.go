package chat

import (
	"context"
	"time"
)

// Act is what somebody with power did.
type Act string

// Acts, as they are stored.
const (
	ActAdd      Act = "add"
	ActRole     Act = "role"
	ActDisable  Act = "disable"
	ActEnable   Act = "enable"
	ActBan      Act = "ban"
	ActLogout   Act = "logout"
	ActReset    Act = "reset"
	ActInvite   Act = "invite"
	ActRevoke   Act = "revoke"
	ActSet      Act = "set"
	ActExpel    Act = "expel"
	ActRoomBan  Act = "room-ban"
	ActLiftBan  Act = "room-lift"
	ActAppoint  Act = "appoint"
	ActSlow     Act = "slow"
	ActConvert  Act = "convert"
	ActDestroy  Act = "destroy"
	ActDelete   Act = "delete"
	ActDismiss  Act = "dismiss"
	ActPassword Act = "password"
	ActImport   Act = "import"
)

// Acts says of each what it means, with the object at % and the detail at #.
var Acts = map[Act]string{
	ActAdd:      "added % as #",
	ActRole:     "made % #",
	ActDisable:  "deactivated %",
	ActEnable:   "activated % again",
	ActBan:      "banned %#",
	ActLogout:   "logged % out everywhere",
	ActReset:    "made a link with which % can set a new password",
	ActInvite:   "made an invite for #",
	ActRevoke:   "revoked an invite",
	ActSet:      "set % to #",
	ActExpel:    "removed % from #",
	ActRoomBan:  "banned % from #",
	ActLiftBan:  "let % into # again",
	ActAppoint:  "made % #",
	ActSlow:     "set slow mode of % to #",
	ActConvert:  "made % #",
	ActDestroy:  "deleted %",
	ActDelete:   "deleted a message of % in #",
	ActDismiss:  "saw no fault in a message of %",
	ActPassword: "set a new password for %",
	ActImport:   "imported # from %",
}

// Deed is one entry of the audit log. Object and Detail are words, which stay as
// they were when what they name is renamed or deleted.
type Deed struct {
	ID             int64
	At             time.Time
	By             AccountID // 0: the command line
	ByName         string
	Act            Act
	Object, Detail string
}

// AuditStore keeps the audit log. Deeds are written by the changes that they are
// about; see Noted.
type AuditStore interface {
	// Deeds lists entries before an id (0: the newest), the newest first.
	Deeds(ctx context.Context, before int64, limit int) ([]Deed, error)
}

type deedKey struct{}

// Noted makes the changes of a context go into the audit log, each in its own
// transaction: none is stored without its entry, and no entry without its change.
func Noted(ctx context.Context, at time.Time, who Account, act Act, object, detail string) context.Context {
	d := Deed{At: at, By: who.ID, ByName: who.Username, Act: act, Object: object, Detail: detail}
	if who.ID == Operator.ID {
		d.ByName = "The command line"
	}
	return context.WithValue(ctx, deedKey{}, d)
}

func (c *Chat) noted(ctx context.Context, who Account, act Act, object, detail string) context.Context {
	return Noted(ctx, c.now(), who, act, object, detail)
}

// DeedIn is what the audit log must tell of a change.
func DeedIn(ctx context.Context) (Deed, bool) {
	d, ok := ctx.Value(deedKey{}).(Deed)
	return d, ok
}

// publicly is how a room is called where its people are not alone.
func publicly(r Room) string {
	if r.Kind == Open {
		return r.Label()
	}
	return "a private room"
}

// DeedsPage is how many entries one page of the audit log has.
const DeedsPage = 100

// Deeds lists the audit log before an entry (0: the newest), the newest first;
// older is where the next page begins, 0 when there is none.
func (c *Chat) Deeds(ctx context.Context, who Account, before int64) (deeds []Deed, older int64, err error) {
	if err := who.May(ReadAudit); err != nil {
		return nil, 0, err
	}
	deeds, err = c.store.Deeds(ctx, before, DeedsPage+1)
	if len(deeds) > DeedsPage {
		deeds = deeds[:DeedsPage]
		older = deeds[DeedsPage-1].ID
	}
	return deeds, older, err
}
