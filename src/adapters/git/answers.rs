//! What a push that failed says about the remote.

use std::{process::Output, time::Duration};

/// How often a push is tried again that stood in another's way, though nothing moved there.
const TRIES: u32 = 12;

/// How often something is offered where the way is cut: once more mends what a dropped connection broke.
const OFFERS: u32 = 2;

/// What git says when it failed before it had offered anything.
const FIRST_CONTACT: [&str; 8] = [
    "Could not read from remote repository",
    "hung up upon initial contact",
    "does not appear to be a git repository",
    "unable to access",
    "unable to connect",
    "unable to look up",
    "remote error: access denied",
    "Authentication failed",
];

/// What git says when two pushes stood in each other's way without either having moved anything yet.
const CONTENTION: [&str; 5] = ["cannot lock ref", "failed to update ref", "stale info", "fetch first", "File exists"];

/// Whether nobody need wonder what the remote did: it said no, or nothing was offered yet when the push failed.
pub(super) fn is_answer(output: &Output) -> bool {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let no = |line: &str| line.starts_with('!') && (line.contains("[rejected]") || line.contains("[remote rejected]"));
    // What the remote itself says begins with its name.
    let at_first = |line: &str| line.starts_with("fatal: ") && FIRST_CONTACT.iter().any(|word| line.contains(word));
    stdout.lines().any(no) || stderr.lines().any(at_first)
}

/// Whether the same is worth offering again, where the remote has not moved since.
pub(super) fn deserves_another(attempt: u32, output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let contention = CONTENTION.iter().any(|word| said.contains(word));
    attempt < if contention { TRIES } else { OFFERS } && (contention || !is_answer(output))
}

/// The ref that a remote does not take, and why; of several that go in one step the one that is to blame.
pub(super) fn refused(output: &Output) -> Option<(String, String)> {
    let said = String::from_utf8_lossy(&output.stdout);
    let mut refused = said.lines().filter_map(|line| {
        let (refs, why) = line.strip_prefix("!\t")?.split_once('\t')?;
        let why = why.strip_prefix("[remote rejected] (")?.strip_suffix(')')?;
        let (_, name) = refs.rsplit_once(':')?;
        Some((name.to_owned(), why.to_owned())).filter(|(_, why)| !why.contains("atomic"))
    });
    refused.next()
}

/// A little longer each time, and not alike in two processes.
pub(super) fn pause(attempt: u32) -> Duration {
    Duration::from_millis(u64::from(attempt * 20 + std::process::id() % 40))
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

    use super::*;

    fn failed(stdout: &str, stderr: &str) -> Output {
        Output { status: ExitStatus::from_raw(256), stdout: stdout.into(), stderr: stderr.into() }
    }

    #[test]
    fn a_no_and_a_failure_at_first_contact_are_answers_and_a_cut_is_none() {
        for (stdout, stderr) in [
            ("To x\n!\ta:b\t[remote rejected] (pre-receive hook declined)\n", "error: failed to push some refs to 'x'"),
            ("To x\n!\ta:b\t[rejected] (stale info)\n", ""),
            (
                "",
                "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights",
            ),
            ("", "fatal: unable to access 'https://x/': Could not resolve host: x"),
            ("", "fatal: unable to connect to x:\nx[0: 127.0.0.1]: errno=Connection refused"),
        ] {
            assert!(is_answer(&failed(stdout, stderr)), "{stdout}{stderr}");
        }
        for (stdout, stderr) in [
            ("", "fatal: the remote end hung up unexpectedly"),
            ("", "fatal: read error: Connection reset by peer\nfatal: the remote end hung up unexpectedly"),
            ("", "remote: fatal: Could not read from remote repository.\nfatal: the remote end hung up unexpectedly"),
            ("To x\n!\ta:b\t[remote failure] (remote failed to report status)\n", ""),
            ("", ""),
        ] {
            assert!(!is_answer(&failed(stdout, stderr)), "{stdout}{stderr}");
        }
    }

    #[test]
    fn of_a_push_that_is_refused_the_ref_to_blame_is_named() {
        let one = "!\ta:refs/heads/l\t[remote rejected] (atomic push failure)\n";
        let other = "!\tb:refs/heads/p\t[remote rejected] (non-fast-forward)\n";
        let named = Some(("refs/heads/p".to_owned(), "non-fast-forward".to_owned()));
        assert_eq!(refused(&failed(&format!("To x\n{one}{other}Done\n"), "")), named);
        assert_eq!(refused(&failed("To x\n!\ta:refs/heads/l\t[rejected] (stale info)\nDone\n", "")), None);
    }

    #[test]
    fn what_was_refused_is_not_offered_again() {
        let refused = failed("!\ta:b\t[remote rejected] (hook declined)\n", "");
        assert!(!deserves_another(1, &refused));
        let cut = failed("", "fatal: the remote end hung up unexpectedly");
        assert!(deserves_another(1, &cut) && !deserves_another(OFFERS, &cut));
        let contention = failed("!\ta:b\t[remote rejected] (failed to update ref)\n", "");
        assert!(deserves_another(OFFERS, &contention) && !deserves_another(TRIES, &contention));
    }
}
