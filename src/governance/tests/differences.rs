//! What a change of the rules is said to be.

use super::*;

/// The differences between the whole file and an edit of it, as `path` or `path!` where they lower.
fn changes(from: &str, to: &str) -> Vec<String> {
    let edited = WHOLE.replace(from, to);
    assert_ne!(edited, WHOLE, "{from}");
    let other = parse(&edited).unwrap_or_else(|problems| panic!("{problems:#?}")).0;
    let marks = |change: Change| format!("{}{}", change.path, if change.lowers { "!" } else { "" });
    whole().differences(&other).into_iter().map(marks).collect()
}

#[test]
fn every_lowering_is_named() {
    assert!(whole().differences(&whole()).is_empty());
    for (from, to, expected) in [
        ("soak = \"24h\"", "soak = \"1h\"", "environments.production.soak!"),
        ("soak = \"24h\"", "soak = \"2d\"", "environments.production.soak"),
        ("soak = \"24h\"\n", "", "environments.production.soak!"),
        ("max_age = \"7d\"", "max_age = \"8d\"", "environments.production.gate.evidence.max_age!"),
        ("max_age = \"7d\"", "max_age = \"6d\"", "environments.production.gate.evidence.max_age"),
        ("max_age = \"7d\", ", "", "environments.production.gate.evidence.max_age!"),
        ("min_cases = 5", "min_cases = 4", "environments.production.gate.evidence.min_cases!"),
        (", without_suite = \"pass\"", "", "environments.production.gate.evidence.without_suite"),
        ("at_least = 0.95", "at_least = 0.94", "environments.production.gate.pass_rate.at_least!"),
        (", confidence = 0.9", "", "environments.production.gate.pass_rate.confidence!"),
        ("regression = \"no-flips\"\n", "", "environments.production.gate.regression!"),
        ("reviews = { role = \"reviewer\", min = 1 }\n", "", "environments.production.gate.reviews!"),
        ("findings = \"none-open\"\n", "", "environments.production.gate.findings!"),
        ("high = 1", "high = 2", "environments.production.gate.approvals.high"),
        (", authors = true", "", "environments.production.gate.approvals.authors"),
        ("role = \"release\", high", "role = \"root\", high", "environments.production.gate.approvals.role!"),
        ("[\"live\", \"unsigned\"]", "[\"live\"]", "environments.staging.gate.evidence.sources.unsigned"),
        (
            "[\"live\", \"unsigned\"]",
            "[\"live\", \"signed\", \"unsigned\"]",
            "environments.staging.gate.evidence.sources.signed!",
        ),
        ("from = \"08:00\"", "from = \"07:59\"", "environments.production.window.from!"),
        ("from = \"08:00\"", "from = \"09:00\"", "environments.production.window.from"),
        ("to = \"16:00\"", "to = \"16:01\"", "environments.production.window.to!"),
        ("to = \"16:00\"", "to = \"07:00\"", "environments.production.window.to!"),
        ("to = \"16:00\"", "to = \"15:00\"", "environments.production.window.to"),
        ("[\"mon\", \"tue\"]", "[\"mon\", \"tue\", \"sat\"]", "environments.production.window.days.sat!"),
        ("[\"mon\", \"tue\"]", "[\"mon\"]", "environments.production.window.days.tue"),
        ("Europe/Berlin", "UTC", "environments.production.window.zone!"),
        (
            "window = { days = [\"mon\", \"tue\"], from = \"08:00\", to = \"16:00\", zone = \"Europe/Berlin\" }\n",
            "",
            "environments.production.window!",
        ),
        ("rollback_roles = [\"release\", \"on-call\"]\n", "", "environments.production.rollback_roles!"),
        ("[\"release\", \"on-call\"]", "[\"release\"]", "environments.production.rollback_roles.role.on-call"),
        ("[\"order\", \"soak\"]", "[\"order\"]", "environments.production.waivable.soak"),
        ("[\"order\", \"soak\"]", "[\"order\", \"soak\", \"window\"]", "environments.production.waivable.window!"),
        ("after = \"staging\"", "after = \"dev\"", "environments.production.after!"),
        ("approvals = 1\n", "approvals = 2\n", "governance.approvals"),
        (
            "roles = [\"release\", \"reviewer\"]",
            "roles = [\"release\", \"reviewer\", \"root\"]",
            "people.release-a.roles.root!",
        ),
        ("roles = [\"release\", \"reviewer\"]", "roles = [\"release\"]", "people.release-a.roles.reviewer"),
        ("program = true\n", "", "people.ci.program!"),
        (
            "may = [\"commit\", \"propose\"]",
            "may = [\"commit\", \"propose\", \"finding\"]",
            "roles.author.may.finding!",
        ),
        ("support-agent", "refund-agent", "project.name"),
    ] {
        assert_eq!(changes(from, to), [expected], "{from} → {to}");
    }
}

#[test]
fn an_open_gate_or_a_whole_rule_is_one_change() {
    let gate = "gate = { evidence = { evaluators = [\"evaluator\"], sources = [\"live\", \"unsigned\"] }, pass_rate = { at_least = 0.90 } }";
    assert_eq!(
        changes(gate, "gate = \"open\""),
        ["environments.staging.gate!", "environments.staging.gate.evidence!", "environments.staging.gate.pass_rate!"]
    );
    let mut fewer = whole();
    fewer.environments.pop();
    let gone = whole().differences(&fewer);
    assert_eq!(gone.len(), 1);
    assert!(gone[0].lowers && gone[0].path == "environments.production");
    let come = fewer.differences(&whole());
    assert!(come.len() == 1 && !come[0].lowers, "{come:#?}");
}

#[test]
fn a_newcomer_is_named_with_what_they_may() {
    let ci = "[people.ci]\nkeys = [\"K2\"]\nroles = [\"evaluator\"]\nprogram = true\n";
    let key = whole().people.people[&Handle::parse("ci").unwrap()].keys[0].fingerprint();
    let key = format!("people.ci.keys.{key}");
    assert_eq!(changes(ci, ""), ["people.ci", &key, "people.ci.roles.evaluator"]);
    let mut fewer = whole();
    fewer.people.people.remove(&Handle::parse("ci").unwrap());
    let come: Vec<(String, bool)> =
        fewer.differences(&whole()).into_iter().map(|change| (change.path, change.lowers)).collect();
    let roles = "people.ci.roles.evaluator".to_owned();
    assert_eq!(come, [("people.ci".to_owned(), false), (key, false), (roles, true)], "and the key they come with");
    let other = parse(
        &WHOLE
            .replace("keys = [\"K1\"]", "keys = [\"K1\", \"EXTRA\"]")
            .replace("EXTRA", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHwH1Wd1Q8R0Y4XW6o7vZ2n5m0pQkz3bJ1cT9yE8aLfS"),
    );
    let found = whole().differences(&other.unwrap().0);
    assert!(found.len() == 1 && found[0].lowers, "another key is another way in: {found:#?}");
}

#[test]
fn a_change_is_told_in_words() {
    let told = |from: &str, to: &str| {
        let other = parse(&WHOLE.replace(from, to)).unwrap().0;
        let found = whole().differences(&other);
        let [change] = found.as_slice() else { panic!("{found:#?}") };
        let (what, how) = change.told();
        format!("{what} {how} {}", change.lowering().unwrap_or("-"))
    };
    let roles = "roles = [\"release\", \"reviewer\"]";
    assert_eq!(
        told(roles, "roles = [\"release\", \"reviewer\", \"root\"]"),
        "people.release-a.roles gains root lowers a bar: allows more"
    );
    assert_eq!(told(roles, "roles = [\"release\"]"), "people.release-a.roles loses reviewer -");
    assert_eq!(
        told("soak = \"24h\"", "soak = \"1h\""),
        "environments.production.soak 1d → 1h lowers a bar: asks for less"
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}", at in 0..60_usize, cut in 0..1_500_usize) {
        let whole = keyed(WHOLE);
        let line = whole.lines().nth(at).unwrap_or_default();
        let _ = Governance::parse("chancery.toml", whole.replace(line, &text).as_bytes());
        let _ = Governance::parse("chancery.toml", whole.get(..cut).unwrap_or(&whole).as_bytes());
    }
}
