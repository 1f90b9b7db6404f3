package chat

import (
	"context"
	"time"
)

// AuditAction is what somebody with power did.
type AuditAction string

// Audit actions, as they are stored.
const (
	AuditAddAccount     AuditAction = "add"
	AuditSetRole        AuditAction = "role"
	AuditDisableAccount AuditAction = "disable"
	AuditEnableAccount  AuditAction = "enable"
	AuditBanAccount     AuditAction = "ban"
	AuditEndSessions    AuditAction = "logout"
	AuditMakeReset      AuditAction = "reset"
	AuditMakeInvite     AuditAction = "invite"
	AuditRevokeInvite   AuditAction = "revoke"
	AuditSetSetting     AuditAction = "set"
	AuditRemoveMember   AuditAction = "expel"
	AuditBanMember      AuditAction = "room-ban"
	AuditUnbanMember    AuditAction = "room-lift"
	AuditSetRank        AuditAction = "appoint"
	AuditSetSlowMode    AuditAction = "slow"
	AuditSetVisibility  AuditAction = "convert"
	AuditDeleteRoom     AuditAction = "destroy"
	AuditDeleteMessage  AuditAction = "delete"
	AuditDeleteFile     AuditAction = "delete-file"
	AuditAddEmoji       AuditAction = "add-emoji"
	AuditRemoveEmoji    AuditAction = "remove-emoji"
	AuditAddBot         AuditAction = "add-bot"
	AuditRemoveBot      AuditAction = "remove-bot"
	AuditAdoptBot       AuditAction = "adopt-bot"
	AuditAddWebhook     AuditAction = "add-webhook"
	AuditRemoveWebhook  AuditAction = "remove-webhook"
	AuditMakeKey        AuditAction = "make-key"
	AuditRevokeKey      AuditAction = "revoke-key"
	AuditRemovePreview  AuditAction = "remove-preview"
	AuditSetWorldAccess AuditAction = "world"
	AuditSetWidget      AuditAction = "widget"
	AuditDismissReport  AuditAction = "dismiss"
	AuditSetPassword    AuditAction = "password"
	AuditImport         AuditAction = "import"
	AuditSetFactor      AuditAction = "factor"
	AuditRemoveFactor   AuditAction = "factor-off"
	AuditSetRecovery    AuditAction = "recovery"
	AuditAddPasskey     AuditAction = "passkey"
	AuditRemovePasskey  AuditAction = "passkey-off"
	AuditRemovePassword AuditAction = "password-off"
	AuditRefuseAccount  AuditAction = "refuse"
	AuditDeleteAccount  AuditAction = "forget"
	AuditLinkIdentity   AuditAction = "link"
	AuditUnlinkIdentity AuditAction = "unlink"
)

// AuditSentences says of each what it means, with the object at % and the detail at #.
var AuditSentences = map[AuditAction]string{
	AuditAddAccount:     "added % as #",
	AuditSetRole:        "made % #",
	AuditDisableAccount: "deactivated %",
	AuditEnableAccount:  "activated % again",
	AuditBanAccount:     "banned %#",
	AuditEndSessions:    "logged % out everywhere",
	AuditMakeReset:      "made a link with which % can set a new password",
	AuditMakeInvite:     "made an invite for #",
	AuditRevokeInvite:   "revoked an invite",
	AuditSetSetting:     "set % to #",
	AuditRemoveMember:   "removed % from #",
	AuditBanMember:      "banned % from #",
	AuditUnbanMember:    "let % into # again",
	AuditSetRank:        "made % #",
	AuditSetSlowMode:    "set slow mode of % to #",
	AuditSetVisibility:  "made % #",
	AuditDeleteRoom:     "deleted %",
	AuditDeleteMessage:  "deleted a message of % in #",
	AuditDeleteFile:     "deleted a file of % in #",
	AuditAddEmoji:       "added the emoji %",
	AuditRemoveEmoji:    "removed the emoji %",
	AuditAddBot:         "made the bot %",
	AuditRemoveBot:      "removed the bot %",
	AuditAdoptBot:       "took over the bot %",
	AuditAddWebhook:     "has # tell % what is said",
	AuditRemoveWebhook:  "ended the webhook %",
	AuditMakeKey:        "made a key of %: #",
	AuditRevokeKey:      "revoked a key of %: #",
	AuditRemovePreview:  "removed what a link of % in # leads to",
	AuditSetWorldAccess: "made % #",
	AuditSetWidget:      "turned the chat of visitors with % #",
	AuditDismissReport:  "saw no fault in a message of %",
	AuditSetPassword:    "set a new password for %",
	AuditImport:         "imported # from %",
	AuditSetFactor:      "turned the second factor of % on",
	AuditRemoveFactor:   "turned the second factor of % off",
	AuditSetRecovery:    "made new recovery codes for %",
	AuditAddPasskey:     "added a passkey of %: #",
	AuditRemovePasskey:  "removed a passkey of %: #",
	AuditRemovePassword: "removed the password of %",
	AuditRefuseAccount:  "refused an account to %",
	AuditDeleteAccount:  "deleted the own account, now %",
	AuditLinkIdentity:   "linked % to #",
	AuditUnlinkIdentity: "unlinked % from #",
}

// AuditEntry is one entry of the audit log. Object and Detail are words, which stay as
// they were when what they name is renamed or deleted.
type AuditEntry struct {
	ID             int64
	At             time.Time
	By             AccountID // 0: the command line
	ByName         string
	Action         AuditAction
	Object, Detail string
}

// AuditStore keeps the audit log. Entries are written by the changes that they are
// about: each of those takes its entry as a parameter, and stores it in the same
// transaction. The zero entry stores nothing.
type AuditStore interface {
	// AuditLog lists entries before an id (0: the newest), the newest first.
	AuditLog(ctx context.Context, before int64, limit int) ([]AuditEntry, error)
}

// NoAudit is for changes that the audit log does not hold.
var NoAudit AuditEntry

// NewAuditEntry is the entry of something that who does; see AuditSentences for the
// words of object and detail.
func NewAuditEntry(at time.Time, who Account, action AuditAction, object, detail string) AuditEntry {
	e := AuditEntry{At: at, By: who.ID, ByName: who.Username, Action: action, Object: object, Detail: detail}
	if who.ID == Operator.ID {
		e.ByName = "The command line"
	}
	return e
}

func (c *Chat) audit(who Account, action AuditAction, object, detail string) AuditEntry {
	return NewAuditEntry(c.now(), who, action, object, detail)
}

// auditLabel is how a room is called where its people are not alone.
func auditLabel(r Room) string {
	if r.Kind == Open {
		return r.Label()
	}
	return "a private room"
}

// AuditPageSize is how many entries one page of the audit log has.
const AuditPageSize = 100

// AuditLog lists the audit log before an entry (0: the newest), the newest first;
// older is where the next page begins, 0 when there is none.
func (c *Chat) AuditLog(ctx context.Context, who Account, before int64) (entries []AuditEntry, older int64, err error) {
	if err := who.May(ReadAudit); err != nil {
		return nil, 0, err
	}
	entries, err = c.store.AuditLog(ctx, before, AuditPageSize+1)
	if len(entries) > AuditPageSize {
		entries = entries[:AuditPageSize]
		older = entries[AuditPageSize-1].ID
	}
	return entries, older, err
}
