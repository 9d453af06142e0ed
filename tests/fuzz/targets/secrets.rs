//! The scan for secrets: whatever stands in a text, it ends, and what it finds is not shown.

use chancery::{
    object::Digest,
    scan::{masked, personal, safe, scan, veiled},
};

use super::{Said, Target};

/// Any text.
pub(crate) const SCAN: Target = Target {
    name: "scan",
    seeds: || {
        // Put together here, so that nobody who looks for secrets finds any in this file.
        let token = ["ghp_", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6"].concat();
        let aws = ["AKIA", "Z7QXV2M4N6P8R3T5"].concat();
        let block = [
            "-----BEGIN OPENSSH ",
            "PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\nQyNTUxOQAAACD2ZqXvB1mKq8nR0sT4uV5wX6yZ7aB8cD9eF0gH1iJ2kQ\n-----END OPENSSH ",
            "PRIVATE KEY-----\n",
        ];
        vec![
            format!("Use {token} to log in.\n").into_bytes(),
            format!("aws_access_key_id = {aws}\npassword = \"hunter2 and more\"\n").into_bytes(),
            block.concat().into_bytes(),
            b"Card 4111 1111 1111 1111, DE89 3704 0044 0532 0130 00, ana@example.org, +49 30 901820\n".to_vec(),
            b"postgres://ana:s3cr3tpassw0rd@db.example.org/x\n".to_vec(),
        ]
    },
    words: &[
        "password = ",
        "passwd: ",
        "secret=",
        "token: ",
        "api_key = \"",
        "Bearer ",
        "Basic ",
        "ghp_",
        "github_pat_",
        "gho_",
        "AKIA",
        "ASIA",
        "xoxb-",
        "xoxp-",
        "sk_live_",
        "rk_live_",
        "AIza",
        "ya29.",
        "glpat-",
        "npm_",
        "pypi-",
        "sk-ant-",
        "sk-",
        "eyJ",
        ".eyJ",
        "SG.",
        "-----BEGIN RSA PRIVATE KEY-----\n",
        "-----END RSA PRIVATE KEY-----",
        "https://x:",
        "@example.org",
        "://",
        "aB3dE6gH9jK2mN5pQ8sT1vW4",
        "4111111111111111",
        "DE89370400440532013000",
        "+49 30 ",
        "a@b.c",
        "[secret: github-token]",
        "0123456789abcdef0123456789abcdef",
        "AccountKey=",
        "client_secret",
        "hooks.slack.com/services/",
        "<password>",
        "${TOKEN}",
    ],
    run: secrets,
};

fn secrets(input: &[u8]) -> Said {
    let text = super::text(input);
    let hits = scan(&text);
    let project = Digest::of(b"project");
    let mut last = 0;
    let mut rules = Vec::new();
    for hit in &hits {
        let secret = text.get(hit.range.clone()).unwrap_or_else(|| panic!("a hit outside the text: {hit:?}"));
        assert!(!secret.is_empty() && hit.range.start >= last, "hits stand in order: {hit:?}");
        last = hit.range.start;
        assert_eq!(hit.fingerprint(&project, &text), hit.fingerprint(&project, &text));
        let before = &text[..hit.range.start];
        let line = u32::try_from(before.matches('\n').count() + 1).unwrap();
        let column = u32::try_from(before.rsplit('\n').next().unwrap().chars().count() + 1).unwrap();
        if hits.len() < 50 {
            assert_eq!((hit.line, hit.column), (line, column), "a hit says where it stands: {hit:?}");
        }
        rules.push(hit.rule);
    }
    let shown = safe(&text);
    if hits.len() < 1000 {
        assert_eq!(shown, masked(&text, &hits), "what is safe is what is masked");
    }
    if hits.len() < 500 {
        let (old, new) = veiled(&text, &text);
        assert_eq!(old, new, "one text is veiled in one way");
        assert_eq!(old.matches('\n').count(), text.matches('\n').count(), "and keeps its lines");
    }
    let people = personal(&text);
    for hit in &people {
        assert!(text.get(hit.range.clone()).is_some_and(|found| !found.is_empty()), "outside the text: {hit:?}");
    }
    rules.sort_unstable();
    rules.dedup();
    rules.extend(people.iter().take(3).map(|hit| hit.about.word()));
    Said { accepted: !rules.is_empty(), word: rules.join(" ") }
}
