package archive

// Help describes the format to who runs the command; the doc comment of the
// package says more of each field.
const Help = `The format, version 2 (1 is the same without files): a JSON object a line, its kind in "type", in this order. What
is empty, zero or false may be missing. Times are RFC 3339 in UTC. The same content
makes the same bytes.

  parley      format, and how many lines of each kind follow
  setting     key, value; not those of backups
  account     id, username, name, role (member, administrator), password (argon2id),
              created, disabled, banned, title, bio, prefs, bot
  room        id, kind (open, private, direct), name, topic, everyone, direct (ids of
              people), rev, posts, last_author, last_at, created, slow
  membership  room, account, role (member, owner, moderator), rev, read, erased, joined, left,
              level (usual, all, mentions, off), muted, starred, banned
  message     id, room, rev, born, posts, kind (said, joined, left, renamed, topic),
              author, at, cont, body (as typed), text (as parsed), for, all, mentions,
              cid, reactions, edited, deleted, reply_to, versions (until, rev, text), program;
              a deleted message says nothing any more
  file        id, token, message, or use (person, room, workspace, emoji), of, emoji;
              by, place, name, kind (other, picture, sound, film, text), media, size, width, height, alt, moves, waiting, gone, removed, made,
              forms (form: original, small or large; media, size, sum)
  bytes       file, form, data (base64 of 64 KiB at most): what the files hold
  widget      room, slug, bot, rev, settings: how visitors of web sites talk to a room
  case        id, room, visitor (SHA-256 of a cookie), name, mail, page, state (waits, taken,
              closed), taken_by, rev, opened, changed, waits, last, seen_team, seen_visitor
  case_line   id, case, kind (visitor, team, opened, taken, handed, closed), author, at, body
  invite      id, code, role, uses, used, made_by, made, expires, revoked
  origin      source, key, id: what came from another server, and its name there

Sessions, devices, mail addresses, keys, webhooks, reset links, reports, the audit log and
certificates are not in it.`
