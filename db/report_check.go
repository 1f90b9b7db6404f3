package db

// Problem is something that is not as it should be in a file, and what helps.
type Problem struct {
	What   string `json:"what"`
	Advice string `json:"advice"`
}

// Report is what Check finds.
type Report struct {
	Format   int       `json:"format"`
	Messages int       `json:"messages"`
	Files    int       `json:"files"` // of them; not counted in an older format
	Problems []Problem `json:"problems"`
	// Older says that the file is of an older format: what it counts was not checked.
	Older bool `json:"older,omitempty"`
	// Unfinished is what was being imported when that was interrupted, or is now.
	Unfinished string `json:"unfinished,omitempty"`
}

// What helps against a problem.
const (
	FromBackup = "Stop the server and restore a backup: parley restore FILE."
	ByRepair   = "Nothing that was said is lost. Make it anew: parley check --repair."
)

// Add adds what was found, and what helps against it.
func (r *Report) Add(advice string, found []string) {
	for _, f := range found {
		r.Problems = append(r.Problems, Problem{f, advice})
	}
}
