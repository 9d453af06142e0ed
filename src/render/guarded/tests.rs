use std::sync::Arc;

use minijinja::value::Serde;
use proptest::prelude::*;
use serde_json::json;

use super::{
    super::{engine, marks::Marks},
    *,
};
use crate::object::Digest;

/// What a template gives in an engine that was not told to guard it, and guarded.
fn both(source: &str) -> [Result<String, String>; 2] {
    let context = json!({ "s": "text", "n": 3, "l": [1, "b", [2]], "d": { "k": "v", "m": { "x": 1 } }, "b": true });
    [source, Guarded::template(source, true).text.as_str()].map(|text| {
        let mut engine = engine::bare(100_000);
        engine.add_template("t", text).map_err(|error| error.to_string())?;
        let template = engine.get_template("t").unwrap();
        template.render(Serde(&context)).map_err(|error| error.kind().to_string())
    })
}

/// Renders a guarded template.
fn rendered(source: &str) -> Result<usize, String> {
    let mut engine = engine::bare(engine::STEPS);
    engine::mark(&mut engine, &Arc::new(Marks::sealed(&Digest::of(b""))));
    let guarded = Guarded::template(source, false);
    engine.add_template_owned("t", guarded.text.clone()).map_err(|error| error.to_string())?;
    let text = engine.get_template("t").unwrap().render(()).map_err(|error| format!("{error:#}"))?;
    Ok(text.len())
}

#[test]
fn operators_become_filters_and_nothing_else_changes() {
    for (source, guarded) in [
        ("{{ a ~ b ~ c }}", "{{ (a )|__joined( b) |__joined( c) }}"),
        ("{{ (a ~ b) ~ c }}", "{{ (((a )|__joined( b)) )|__joined( c) }}"),
        ("{{ a - b + 1 }}", "{{ (a - b )|__sum( 1) }}"),
        ("{{ -a * 2 + b.c.d[0] }}", "{{ (-a )|__product( 2) |__sum( b.c.d[0]) }}"),
        ("{{ [1, 'a'] }}{{ x == 'a' }}", "{{ [1, 'a'] }}{{ x == 'a' }}"),
        ("{{ [x] }}{{ (a.b).c == y }}", "{{ (([x])|__weighed) }}{{ (((a.b).c)|__weighed) == ((y)|__weighed) }}"),
        ("{% set a.b = c %}", "{% set a.b = ((c)|__weighed) %}"),
        ("{{ x[1:] }}", "{{ ((((x)|__solid)[1:])|__weighed) }}"),
        ("{{ f(a) }}{{ f(a)|g }}", "{{ f(a) }}{{ ((f(a))|__weighed)|g }}"),
        ("{% for a in b %}x{% endfor %}", "{% for a in b %}x{% endfor %}"),
        (
            "{% set y %}{% for a in b -%} x{% endfor %}{% endset %}",
            "{% set y %}{% for a in b -%}{{ 1|__captured -}} x{% endfor %}{% endset %}",
        ),
    ] {
        assert_eq!(Guarded::template(source, false).text, guarded, "{source}");
    }
}

#[test]
fn positions_are_the_authors() {
    let source = "é {{ [x, y.z] }} {{ one ~ two.three }}";
    let guarded = Guarded::template(source, false);
    for part in ["x", "y.z", "two.three", "one"] {
        let at = guarded.text.find(part).unwrap();
        assert_eq!(&source[guarded.original(&(at..at + part.len()))], part, "{}", guarded.text);
    }
    let at = guarded.text.find("__joined").unwrap();
    assert_eq!(&source[guarded.original(&(at..guarded.text.len()))], "one ~ two.three");
}

#[test]
fn honest_templates_give_what_they_gave() {
    for source in [
        "{{ s ~ n ~ l ~ d ~ b }}{{ 1 + 2 * 3 - 4 }}{{ 'a' + s }}{{ '-' * 3 }}{{ 2 * 'ab' }}",
        "{{ l + [4] }}{{ (l + [4]) | length }}{{ [0] * 3 }}{{ (l * 2)[1:3] | list }}{{ l[::-1] | list }}",
        "{{ (s ~ n) | upper ~ (n + 1) }}{{ (s, n) }}{{ (s,) }}{{ () }}{{ {'a': n, s: l} }}{{ -n ~ s }}",
        "{{ s in l }}{{ s not in l }}{{ not s in l }}{{ l == [1, 'b', [2]] }}{{ d.m == d.m }}{{ 1 < n <= 3 != 4 }}",
        "{{ (s if b else n) ~ 1 }}{{ s ~ n if b else l ~ d }}{{ (s or n) == s }}{{ (b and n) == n }}",
        "{% set ns = namespace(out='') %}{% for x in l %}{% set ns.out = ns.out ~ x ~ '\n' %}{% endfor %}{{ ns.out }}",
        "{% macro m(x, y='a' ~ 'b') -%} <{{ x ~ y }}> {%- endmacro %}{{ m(1) }}",
        "{% macro m(x) %}<{{ x }}{{ caller() }}>{% endmacro %}{% call m(s) %} in {% endcall %}",
        "{% set y %}a {% for x in l -%}  b {{ x }} {%- endfor %} c{% endset %}{{ y ~ '.' }}{{ y | length }}",
        "{% set y %}{% for x in l if x != 1 %}\n  b\n{% else %}none{% endfor %}{% endset %}[{{ y }}]",
        "{% for x in l recursive %}{{ x }}{% if x is iterable and x is not string %}{{ loop(x) }}{% endif %}{% endfor %}",
        "{% filter upper %}a{% for x in l %} z {% endfor %}{% endfilter %}{% set a = s, n %}{{ a }}{% set b = s, %}{{ b }}",
        "{% with a = s ~ n, c = [n] %}{{ a }}{{ c }}{% endwith %}{{ dict(d, z=[n]) }}{{ d['k'] ~ d.m['x'] }}",
        "{{ s[1:][:2] ~ s[-1] }}{{ 'a,b'.split(',')[0] ~ l[2][0] }}{{ (l | map('string') | list)[1:] | join('-') }}",
        "{{ l | reverse | list }}{{ l | chain([9]) | list }}{{ d | items | list }}{{ range(3) | list + [n] }}",
        "{{ \"a\" ~ 'b~c' ~ \"%}\" }}{# a ~ b #}{% raw %}{{ a ~ b }}{% endraw %}{{ loop is defined }}{{ 'é' ~ '🙂' }}",
        "{{ [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[n]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] }}{{ {'a': [s, {s: (n, [l])}]} }}",
        "{{ 2 ** 3 * 2 }}{{ 7 // 2 + 7 % 4 }}{{ n * -1 }}{{ -n + -2 }}{{ [n] + [-n] }}{{ 1.5 * n }}{{ n ~ -1 }}",
    ] {
        let [plain, guarded] = both(source);
        assert!(plain.is_ok(), "{source}: {plain:?}");
        assert_eq!(plain, guarded, "{source}\n{}", Guarded::template(source, true).text);
    }
}

#[test]
fn what_failed_fails_as_it_did() {
    for source in ["{{ 1 + 'a' }}", "{{ x ~ 1 }}", "{{ 1 ~ x.y }}", "{{ [1] * 'a' }}", "{{ 'a' * -1 }}", "{{ d + d }}"]
    {
        let [plain, guarded] = both(source);
        assert_eq!((plain.is_err(), &plain), (true, &guarded), "{source}");
    }
}

/// Every way to grow that we know of; each ends soon, and what it held at most is small.
#[test]
fn nothing_grows_without_bound() {
    let doubled = "{% set ns = namespace(t='xxxxxxxxxxxxxxxx', l=[1]) %}{% for i in range(64) %}";
    let big = "{% set big = 'x' * 4000000 %}";
    for (bomb, last) in [
        (doubled, "{% set ns.t = ns.t ~ ns.t %}{% endfor %}"),
        (doubled, "{% set ns.t = ns.t + ns.t %}{% endfor %}"),
        (doubled, "{% set ns.t = ns.t * 2 %}{% endfor %}"),
        (doubled, "{% set ns.t = [ns.t, ns.t]|join %}{% endfor %}"),
        (doubled, "{% set ns.t = ns.t.replace('x', 'xx') %}{% endfor %}"),
        (doubled, "{% set ns.t = ns.t|replace('x', 'xx') %}{% endfor %}"),
        (doubled, "{% set ns.t = '%s%s'|format(ns.t, ns.t) %}{% endfor %}"),
        (doubled, "{% set ns.t = ns.t.join([ns.t, ns.t]) %}{% endfor %}"),
        (doubled, "{% set x %}{{ ns.t }}{{ ns.t }}{% endset %}{% set ns.t = x %}{% endfor %}"),
        (doubled, "{% set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l|list|length }}"),
        (doubled, "{% set ns.l = ns.l * 2 %}{% endfor %}{{ ns.l|list|length }}"),
        (doubled, "{% set ns.l = ns.l|chain(ns.l) %}{% endfor %}{{ ns.l|list|length }}"),
        (doubled, "{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}"),
        (doubled, "{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|string|length }}"),
        (doubled, "{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson|length }}"),
        (doubled, "{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ ns.l ~ '' }}"),
        (doubled, "{% set ns.l = {'a': ns.l, 'b': ns.l} %}{% endfor %}{{ ns.l in 'x' }}"),
        (doubled, "{% set ns.l = dict(a=ns.l, b=ns.l) %}{% endfor %}{{ ns.l == 1 }}"),
        (doubled, "{% set ns.l = [ns.l, ns.l] + [] %}{% endfor %}{{ ns.l == ns.l + [] }}"),
        (doubled, "{% set ns.l = namespace(l=[ns.l, ns.l]) %}{% endfor %}{{ ns }}"),
        ("", "{% macro f(x) %}{{ f(x ~ x) }}{% endmacro %}{{ f('x' * 1000) }}"),
        ("", "{% macro f(x) %}{{ x }}{% set y = f(x ~ x) %}{% endmacro %}{{ f('x' * 100000) }}"),
        ("", "{{ ('x' * 4000000) * 4000000 }}"),
        ("", "{{ 'x' * 99999999 }}"),
        ("", "{{ ('x' * 99999999)[:1] }}"),
        ("", "{{ (range(100000)|list * 900)|list|length }}"),
        ("", "{{ ('\n' * 4000000)|indent(9999)|length }}"),
        ("", "{{ ('%(a)9999d' * 100000)|format(a=1)|length }}"),
        ("", "{{ (',' * 4000000).split(',')|length }}"),
        ("", "{{ (',' * 4000000)|split(',')|length }}"),
        ("", "{{ ('x' * 4000000)|list|length }}"),
        ("", "{{ range(100000)|list|tojson(separators=['x' * 100000, ':'])|length }}"),
        (big, "{% set ns = namespace(l=[]) %}{% for i in range(1000) %}{% set ns.l = ns.l + [big ~ i] %}{% endfor %}"),
        (
            big,
            "{% set ns = namespace(l=[]) %}{% for i in range(1000) %}{% set ns.l = ns.l + [big|upper] %}{% endfor %}",
        ),
        (big, "{% set ns = namespace(l=[]) %}{% for i in range(1000) %}{% set ns.l = ns.l + [big[1:]] %}{% endfor %}"),
        (big, "{% set l = range(40)|map('string')|map('replace', '', big)|list %}"),
        ("{% set y %}{% for i in range(100000) %}", "RAW{% endfor %}{% endset %}"),
        (
            "{% macro f() %}RAW{% endmacro %}{% set ns = namespace(l=[]) %}",
            "{% for i in range(9999) %}{% set ns.l = ns.l + [f()] %}{% endfor %}",
        ),
        ("{% set ns = namespace(l=1) %}", "{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}"),
        (
            "{% set ns = namespace(v=1) %}",
            "{% for i in range(99999) %}{% set a = namespace() %}{% set a.n = ns.v %}{% set ns.v = a %}{% endfor %}",
        ),
        ("{% set ns = namespace() %}", "{% set ns.me = ns %}{{ ns }}"),
        ("{% set ns = namespace() %}", "{% set ns.me = [ns] %}{{ ns ~ '' }}"),
        ("{% set a = namespace() %}", "{% set a.b = [a] %}{% for i in [1] %}{{ loop.changed(a) }}{% endfor %}"),
    ] {
        let source = format!("{bomb}{last}").replace("RAW", &"x".repeat(20_000));
        let result = rendered(&source);
        let error = result.expect_err(&format!("{bomb}{last}"));
        assert!(
            error.contains("large") || error.contains("fuel") || error.contains("width") || error.contains("piece"),
            "{bomb}{last}: {error}"
        );
    }
}

#[test]
fn what_is_let_go_of_no_longer_counts() {
    let line = "{% set ns.out = ns.out ~ 'a line of some sixty characters, as they come in honest prompts.\n' %}";
    let source =
        format!("{{% set ns = namespace(out='') %}}{{% for i in range(3000) %}}{line}{{% endfor %}}{{{{ ns.out }}}}");
    assert_eq!(rendered(&source), Ok(3000 * 65));
    let source = "{% set ns = namespace(l=[]) %}{% for i in range(2000) %}{% set ns.l = ns.l + [i ~ ' item'] %}{% endfor %}{{ ns.l|join|length }}";
    assert_eq!(rendered(source), Ok(5));
    let chained = ["{% for i in range(500) %}{% set ns.l = ns.l|reverse %}{% set ns.l = ns.l[0:] %}{% endfor %}", ""];
    for turns in chained {
        let source = format!("{{% set ns = namespace(l=[1, 2]) %}}{turns}{{{{ ns.l|list }}}}");
        assert_eq!(rendered(&source), Ok(6));
    }
    assert_eq!(rendered("{{ ('x' * 4000000)|length }}"), Ok(7));
}

/// Expressions of honest size.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec!["s", "n", "l", "d", "b", "'a'", "1", "2.5", "l[0]", "d.k", "d.m.x", "[n, s]"]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 3, |inner| {
        let operator = prop::sample::select(vec!["~", "+", "*", "-", "==", "<", "in", "not in", "and", "or"]);
        let filter = prop::sample::select(vec!["upper", "length", "list", "string", "tojson", "first", "join('-')"]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            (inner.clone(), filter).prop_map(|(a, filter)| format!("({a})|{filter}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, ({b})]")),
            inner.clone().prop_map(|a| format!("({a})[1:]")),
            inner.clone().prop_map(|a| format!("(not {a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} if {b} else {c})")),
        ]
    })
}

proptest! {
    #[test]
    fn guarded_or_not_the_text_is_the_same(parts in prop::collection::vec(expressions(), 1..4)) {
        let source = parts.iter().map(|part| format!("{{% set y %}}-{{{{ {part} }}}}{{% endset %}}{{{{ y ~ '.' }}}}"));
        let [plain, guarded] = both(&source.collect::<String>());
        prop_assert_eq!(plain, guarded);
    }
}
