//! Objects of git that arrive from a remote.

use chancery::adapters::git::strict;

use super::Said;
use super::Target;

/// A commit, a tree or a zlib stream: the first byte says which.
pub(crate) const GIT: Target = Target {
    name: "git",
    seeds: || {
        let id = "6ff87c4664981e4397625791c8ea3bbb5f2279a3";
        let by = "maya <> 1795161600 +0000";
        let head = format!("ctree {id}\nparent {id}\nauthor {by}\ncommitter {by}\n");
        let signature = "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n -----END SSH SIGNATURE-----\n";
        let tree =
            [&b"t100644 act.json\0"[..], &[7; 20], b"100644 act.json.sig\0", &[8; 20], b"40000 state\0", &[9; 20]];
        vec![
            format!("{head}\ncommit: 1 version\n\nChancery-Seq: 2\n").into_bytes(),
            format!("{head}{signature}\ninit: x\n").into_bytes(),
            tree.concat(),
            [&b"z"[..], STREAM].concat(),
            [&b"z"[..], STORED].concat(),
        ]
    },
    words: &[
        "tree ",
        "parent ",
        "author ",
        "committer ",
        "gpgsig ",
        "\n ",
        "\n\n",
        "encoding UTF-8\n",
        "mergetag ",
        "100644 ",
        "40000 ",
        "040000 ",
        "120000 ",
        "160000 ",
        "100755 ",
        "\0",
        "../",
        ".git",
        "6ff87c4664981e4397625791c8ea3bbb5f2279a3",
        "6FF87C4664981E4397625791C8EA3BBB5F2279A3",
        "\x78\x01",
        "x\u{1}\u{1}",
        "Chancery-Seq: 2\n",
        "maya <> 1 +0000",
        "\x00\x00",
    ],
    run: git,
};

/// `zlib.compress(b"chancery chancery chancery", 9)` of Python.
const STREAM: &[u8] = &[
    0x78, 0xda, 0x4b, 0xce, 0x48, 0xcc, 0x4b, 0x4e, 0x2d, 0xaa, 0x54, 0x48, 0x46, 0x67, 0x00, 0x00, 0x87, 0xf5, 0x0a,
    0x28,
];
/// Bytes that are not compressed: `zlib.compress(b"a", 0)`.
const STORED: &[u8] = &[0x78, 0x01, 0x01, 0x01, 0x00, 0xfe, 0xff, 0x61, 0x00, 0x62, 0x00, 0x62];

fn git(input: &[u8]) -> Said {
    let Some((which, bytes)) = input.split_first() else { return Said::no("nothing") };
    match which {
        b'c' => match strict::commit(bytes) {
            Ok(again) => {
                assert_eq!(again, bytes, "a commit that is read has one spelling");
                Said::yes("commit")
            }
            Err(why) => Said::no(why),
        },
        b't' => match strict::tree(bytes) {
            Some(again) => {
                assert_eq!(again, bytes, "a tree that is read has one spelling");
                Said::yes(format!("tree {}", bytes.len().checked_ilog2().unwrap_or_default()))
            }
            None => Said::no("tree"),
        },
        _ => match strict::stream(bytes) {
            Some(held) => {
                assert!(held.len() <= bytes.len().saturating_mul(1040), "no stream holds more than deflate can");
                Said::yes(format!("stream {}", held.len().checked_ilog2().unwrap_or_default()))
            }
            None => Said::no("stream"),
        },
    }
}
