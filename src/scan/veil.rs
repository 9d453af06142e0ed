//! Two texts that are compared, with no secret in either.

use std::collections::BTreeMap;

use super::scanner::every;

/// Both texts with marks in place of their secrets; line by line, so that they can still be compared by line.
///
/// The same secret has the same mark in both, and another one of the same kind another mark: that a secret was changed
/// is seen, and what it is is not. A secret of several lines leaves a mark in each.
pub fn veiled(old: &str, new: &str) -> (String, String) {
    let mut seen: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let old = one(old, &mut seen);
    (old, one(new, &mut seen))
}

fn one(text: &str, seen: &mut BTreeMap<&'static str, Vec<String>>) -> String {
    let hits = every(text);
    if hits.is_empty() {
        return text.to_owned();
    }
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for hit in &hits {
        // Hits are sorted by where they begin; of two that overlap, the second one shows only its rest.
        let start = hit.range.start.max(at);
        if start >= hit.range.end {
            continue;
        }
        out.push_str(text.get(at..start).unwrap_or_default());
        let secret = text.get(hit.range.clone()).unwrap_or_default();
        let known = seen.entry(hit.rule).or_default();
        let place = known.iter().position(|other| other == secret).unwrap_or_else(|| {
            known.push(secret.to_owned());
            known.len() - 1
        });
        let mark = match place {
            0 => hit.mark(),
            other => format!("[secret: {} {}]", hit.rule, other + 1),
        };
        let lines = text.get(start..hit.range.end).unwrap_or_default().matches('\n').count();
        out.push_str(&vec![mark.as_str(); lines + 1].join("\n"));
        at = hit.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(begin: &str) -> String {
        format!("ghp_{begin}{}", "dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6")
    }

    #[test]
    fn a_changed_secret_is_seen_to_change_and_not_seen() {
        let (one, other) = (token("aB3"), token("xB3"));
        let (old, new) = veiled(&format!("a {one}\nb {one}\n"), &format!("a {one}\nb {other}\n"));
        assert_eq!(old, "a [secret: github-token]\nb [secret: github-token]\n");
        assert_eq!(new, "a [secret: github-token]\nb [secret: github-token 2]\n");
        assert_eq!(veiled("x", "y"), ("x".to_owned(), "y".to_owned()));
    }

    #[test]
    fn a_secret_of_several_lines_keeps_its_lines() {
        let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
        let key = format!("-----BEGIN PRIVATE KEY-----\n{body}\n{body}\n-----END PRIVATE KEY-----");
        let (old, new) = veiled(&format!("a\n{key}\nb\n"), "a\nb\n");
        assert_eq!(old.lines().count(), 6);
        assert!(!old.contains("MIIE") && new == "a\nb\n", "{old}");
    }
}
