package cmd

// What tests look at from outside the package.

var (
	Commands        = commands
	FormatBytes     = formatBytes
	FromEnvironment = fromEnvironment
	ProxyNetwork    = proxyNetwork
	ServeCommand    = serveCommand
	Size            = size
	Variable        = variable
	WriteUnit       = writeUnit
)

const (
	UnitData  = unitData
	UnitGroup = unitGroup
)
