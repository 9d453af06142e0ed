//! JSON inside replies, and what is asked of tool calls.

use super::*;

#[test]
fn json_is_found_anywhere_in_a_reply() {
    replies("contains_json = true", &["{}", "Sure: ```json\n[1]\n``` bye"], &["", "5", "{oops", "\"x\""]);
    let schema = "contains_json = { type = \"object\", required = [\"tier\"] }";
    replies(schema, &["a {\"x\":1} b {\"tier\":\"low\"}"], &["{\"x\":1}", "[{\"tier\":1}]"]);
    let reason = written_on(schema, &Reply::text("so {\"x\":1}")).reason;
    assert_eq!(reason, "the schema refuses `{\"x\":1}`: \"tier\" is a required property");
}

#[test]
fn every_value_a_path_finds_is_as_wanted_and_there_is_one() {
    let order = r#"{"total": 12.5, "items": [{"sku": "A-1", "n": 1}, {"sku": "B-2", "n": 2}]}"#;
    for (check, expected) in [
        ("json_path = { path = \"$.total\", equals = 12.5 }", true),
        ("json_path = { path = \"$.total\", min = 10, max = 13 }", true),
        ("json_path = { path = \"$.total\", max = 12 }", false),
        ("json_path = { path = \"$.items[*].sku\", matches = '^[A-Z]-\\d$' }", true),
        ("json_path = { path = \"$.items[*].n\", one_of = [1, 2] }", true),
        ("json_path = { path = \"$.items[*].n\", equals = 1 }", false),
        ("json_path = { path = \"$.items[?@.n > 5]\", absent = true }", true),
        ("json_path = { path = \"$.items\", absent = true }", false),
        ("json_path = { path = \"$.gone\" }", false),
        ("json_path = { path = \"$.total\" }", true),
        ("json_path = { path = \"$.items[0]\", fields = { sku = \"A-1\", n = { min = 1 } } }", true),
        ("json_path = { path = \"$.items[0]\", equals = { sku = \"A-1\", n = 1.0 } }", true),
        ("json_path = { path = \"$.items\", items = [{ any = true }, { fields = { sku = \"B-2\", n = 2 } }] }", true),
        ("not_json_path = { path = \"$.gone\" }", true),
    ] {
        let result = written_on(check, &Reply::text(order));
        assert_eq!(result.passed, expected, "{check}: {}", result.reason);
    }
    replies("json_path = { path = \"$.a\" }", &[], &["a: 1", ""]);
    replies("json_path = { path = \"$.a\", absent = true }", &["{}"], &["not json at all"]);
}

fn trip() -> Reply {
    calls(&[
        ("find", json!({ "id": "A-1" })),
        ("pay", json!({ "amount": 12.5, "to": { "iban": "DE1", "name": "Ann" }, "tags": ["x", "y"] })),
        ("find", json!({ "id": "B-2", "deep": true })),
    ])
}

#[test]
fn conditions_stand_in_where() {
    for (inside, expected) in [
        ("amount = 12.5", true),
        ("amount = { min = 10, max = 20 }", true),
        ("amount = { min = 13 }", false),
        ("amount = { one_of = [1, 12.5] }", true),
        ("amount = { matches = \"12\" }", false),
        ("to = { equals = { name = \"Ann\", iban = \"DE1\" } }", true),
        ("to = { equals = { name = \"Ann\" } }", false),
        ("to = { fields = { name = { matches = \"^A\" }, iban = { any = true } } }", true),
        ("to = { fields = { name = { matches = \"^A\" } } }", false),
        (
            "to = { fields = { name = { any = true }, iban = { any = true }, bic = { any = true, optional = true } } }",
            true,
        ),
        ("tags = [\"x\", \"y\"]", true),
        ("tags = { items = [\"x\", { matches = \"y\" }] }", true),
        ("tags = { items = [\"x\"] }", false),
        ("note = { absent = true }", true),
        ("amount = { absent = true }", false),
        ("note = { equals = \"x\", optional = true }", true),
        ("amount = { equals = 1, optional = true }", false),
        ("note = { any = true }", false),
    ] {
        let result = written_on(&format!("tool_call = {{ name = \"pay\", where = {{ {inside} }} }}"), &trip());
        assert_eq!(result.passed, expected, "{inside}: {}", result.reason);
    }
    let reason = written_on("tool_call = { name = \"find\", where = { id = { matches = \"^C\" } } }", &trip()).reason;
    assert_eq!(reason, "other arguments: `find({\"id\":\"A-1\"})`: `id` is not as wanted");
}

#[test]
fn several_calls_are_wanted_in_an_order_or_in_none() {
    let find = "{ name = \"find\", where = { id = { matches = \"\" } } }".replace("\"\" }", "\"-\" }");
    let find = find.as_str();
    let any_find = "{ name = \"find\" }";
    for (check, expected) in [
        (format!("tool_calls = [{any_find}, {{ name = \"pay\" }}, {any_find}]"), true),
        (format!("tool_calls = {{ exactly = [{any_find}, {{ name = \"pay\" }}, {any_find}] }}"), true),
        (format!("tool_calls = [{any_find}, {{ name = \"pay\" }}, {find}]"), false),
        (format!("tool_calls = {{ any_order = [{{ name = \"pay\" }}, {any_find}, {any_find}] }}"), true),
        (format!("tool_calls = {{ any_order = [{{ name = \"pay\" }}, {any_find}, {find}] }}"), true),
        (format!("tool_calls = {{ any_order = [{{ name = \"pay\" }}, {any_find}] }}"), false),
        (format!("tool_calls = {{ any_order = [{{ name = \"pay\" }}, {find}, {find}] }}"), false),
        (format!("tool_calls = {{ at_least = [{any_find}, {find}] }}"), true),
        (format!("tool_calls = {{ at_least = [{find}, {find}] }}"), false),
        (format!("tool_calls = {{ at_least = [{any_find}, {any_find}, {any_find}] }}"), false),
        (format!("tool_calls = {{ in_order = [{find}, {{ name = \"pay\" }}] }}"), true),
        (format!("tool_calls = {{ in_order = [{{ name = \"pay\" }}, {find}] }}"), false),
        (format!("tool_calls = {{ in_order = [{{ name = \"pay\" }}, {any_find}] }}"), true),
    ] {
        let result = written_on(&check, &trip());
        assert_eq!(result.passed, expected, "{check}: {}", result.reason);
    }
}

#[test]
fn the_way_a_reply_takes_is_asked_for() {
    for (check, expected) in [
        ("tools_used = [\"pay\", \"find\"]", true),
        ("tools_used = [\"pay\", \"refund\"]", false),
        ("tools_not_used = [\"refund\"]", true),
        ("tools_not_used = [\"refund\", \"pay\"]", false),
        ("tool_sequence = [\"find\", \"find\"]", true),
        ("tool_sequence = [\"pay\", \"find\"]", true),
        ("tool_sequence = [\"pay\", \"pay\"]", false),
        ("steps = 3", true),
        ("steps = { max = 2 }", false),
        ("steps = { min = 1, max = 3 }", true),
    ] {
        let result = written_on(check, &trip());
        assert_eq!(result.passed, expected, "{check}: {}", result.reason);
    }
    assert_eq!(written_on("steps = 0", &trip()).reason, "3 calls; the reply calls `find`, `pay`, `find`");
}

#[test]
fn calls_are_held_against_the_schemas_that_the_bundle_lends() {
    let schema = json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } } });
    let lent = |names: &[&str]| {
        Check::ValidCalls(Some(Arc::new(names.iter().map(|name| ((*name).to_owned(), schema.clone())).collect())))
    };
    for (check, reply, expected) in [
        (lent(&["find"]), calls(&[("find", json!({ "id": "x" }))]), true),
        (lent(&["find"]), calls(&[("find", json!({ "id": 1 }))]), false),
        (lent(&["find"]), calls(&[("find", json!({ "id": "x" })), ("pay", json!({ "id": "x" }))]), false),
        (lent(&["find"]), Reply::text("no call"), false),
    ] {
        assert_eq!(one(check, &reply).passed, expected);
    }
    // Without a bundle nobody knows, whichever way it is asked.
    for check in [Check::ValidCalls(None), Check::OutputSchema(None)] {
        for negated in [false, true] {
            assert!(!score(&case(negated, check.clone()), &calls(&[("find", json!({}))])).remove(0).passed);
        }
    }
}

#[test]
fn a_reply_costs_what_the_provider_counted() {
    let cost = |usd, price| Check::MaxCost(Cost { usd, price });
    let price = Price { input: 1.0, output: 5.0, ..Price::default() };
    let reply = Reply { usage: Some(crate::eval::Usage::of(1000, 200)), ..Reply::text("x") };
    assert!(one(cost(0.002, Some(price)), &reply).passed);
    let result = one(cost(0.0019, Some(price)), &reply);
    assert_eq!((result.passed, result.reason.as_str()), (false, "1000 tokens in and 200 out cost 0.002 USD"));
    for negated in [false, true] {
        assert!(!score(&case(negated, cost(1.0, None)), &reply).remove(0).passed);
        assert!(!score(&case(negated, cost(1.0, Some(price))), &Reply::text("x")).remove(0).passed);
    }
}
