package chat

// Right is something one may or may not do on the whole server.
type Right int

// Rights.
const (
	ManagePeople   Right = iota // roles, deactivation, bans, links to reset a password
	ManageInvites               // make and revoke them
	ManageRooms                 // see all that are open, however many people are in them
	ManageSettings              // of the workspace
	HandleReports               // of messages from every room
	ReadAudit                   // who did what
	SeeHealth                   // how the server does
	rights
)

// charter is the policy table of the whole server: what a role may do.
var charter = [...][rights]bool{
	RoleMember: {},
	RoleAdmin: {ManagePeople: true, ManageInvites: true, ManageRooms: true, ManageSettings: true, HandleReports: true,
		ReadAudit: true, SeeHealth: true},
}

// Has asks the table.
func (a Account) Has(r Right) bool { return charter[a.Role][r] }

// May is Has in words: ErrForbidden for who may not.
func (a Account) May(r Right) error {
	if a.Has(r) {
		return nil
	}
	return Forbidden("Only an administrator may do that.")
}
