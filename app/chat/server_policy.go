package chat

// ServerAction is something one may or may not do on the whole server.
type ServerAction int

// What there is to be done on a server.
const (
	ManagePeople   ServerAction = iota // roles, deactivation, bans, links to reset a password
	ManageInvites                      // make and revoke them
	ManageRooms                        // see all that are open, however many people are in them
	ManageSettings                     // of the workspace
	HandleReports                      // of messages from every room
	ReadAudit                          // who did what
	SeeHealth                          // how the server does
	serverActions
)

// serverPolicy is the policy table of the whole server: what a role may do.
var serverPolicy = [...][serverActions]bool{
	RoleMember: {},
	RoleAdmin: {ManagePeople: true, ManageInvites: true, ManageRooms: true, ManageSettings: true, HandleReports: true,
		ReadAudit: true, SeeHealth: true},
}

// Has asks the table. A guest has nothing.
func (a Account) Has(r ServerAction) bool { return a.Role > RoleGuest && serverPolicy[a.Role][r] }

// May is Has in words: ErrForbidden for who may not.
func (a Account) May(r ServerAction) error {
	if a.Has(r) {
		return nil
	}
	return Forbidden("Only an administrator may do that.")
}
