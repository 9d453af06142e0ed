//! The agent under test: a shell script with a table of its own, which never sees the suite.

/// Reads one question at a time, finds its ticket, answers with what the table has for it.
///
/// What it was asked, and the environment it was asked in, it leaves in `seen`.
pub(super) const SCRIPT: &str = r#"#!/bin/sh
while line=$(head -n 1) && [ -n "$line" ]; do
    id=${line#'{"id":"'}
    id=${id%%'"'*}
    ticket=$(printf '%s\n' "$line" | grep -o 'Ticket retail-test-[0-9]*')
    ticket=${ticket#'Ticket '}
    printf '%s\n' "$line" >"seen/$ticket.json"
    export -p >"seen/$ticket.env"
    calls=$(grep "^$ticket " answers.txt)
    printf '{"id":"%s","content":"","tool_calls":%s}\n' "$id" "${calls#"$ticket "}"
done
"#;
