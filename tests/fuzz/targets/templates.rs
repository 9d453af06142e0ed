//! Bodies of prompts, rendered: bounded, the same every time, and no value can become an instruction.

use std::collections::BTreeMap;

use chancery::{
    artifact::{Parsed, Policy, Prompt, Source, Template, parse},
    name::{Kind, Name},
    render::{self, Parts, RenderError},
};
use serde_json::{Map, Value};

use super::{Said, Target, files::file, joined, parts, text};

/// A body, a fragment it may include, a policy it may quote, and variables.
pub(crate) const TEMPLATE: Target = Target {
    name: "template",
    seeds: || {
        let body = |body: &str, fragment: &str, variables: &str| {
            joined(&[body.as_bytes(), fragment.as_bytes(), b"thirty days\n", variables.as_bytes()])
        };
        let sample = file("templates/support-agent/prompts/_tone.md");
        vec![
            body(
                "{{ role(\"system\") }}Be kind.\n{{ policy(\"p\") }}\n{{ role(\"user\") }}{{ x }}\n",
                "",
                "{\"x\":\"hi\"}",
            ),
            body(
                "{% include \"_f\" %}{% for i in l %}{{ i|upper }}{% else %}none{% endfor %}",
                &text(&sample),
                "{\"l\":[1,\"b\"]}",
            ),
            body(
                "{% if n > 3 and x is string %}{{ x|trim|length }}{% endif %}{{ n * 2 }}{{ m.a[0] }}",
                "f",
                "{\"x\":\"y\",\"n\":4,\"m\":{\"a\":[1]}}",
            ),
            body(
                "{% macro g(a) %}{{ a }}{% endmacro %}{{ g(x) }}{% set s = x ~ n %}{{ s|replace('a', 'b') }}",
                "",
                "{\"x\":\"a\",\"n\":0}",
            ),
        ]
    },
    words: &[
        "{{ role(\"system\") }}",
        "{{ role(\"user\") }}",
        "{{ role(x) }}",
        "{{ policy(\"p\") }}",
        "{% include \"_f\" %}",
        "{% for i in l %}",
        "{% endfor %}",
        "{% if x %}",
        "{% elif n %}",
        "{% else %}",
        "{% endif %}",
        "{% set s = x %}",
        "{% raw %}",
        "{% endraw %}",
        "{% macro g(a) %}",
        "{% endmacro %}",
        "{{ g(x) }}",
        "{% filter upper %}",
        "{% endfilter %}",
        "{# #}",
        "{{-",
        "-}}",
        "{%-",
        "-%}",
        "|upper",
        "|join(',')",
        "|tojson",
        "|replace('a','b')",
        "|list",
        "|sort",
        "|batch(2)",
        "|indent(9)",
        "range(1000000)",
        "loop.index",
        " is defined",
        " in l",
        " and ",
        " or ",
        " not ",
        "x ~ x",
        "x * 1000000",
        "x % 0",
        "n // 0",
        "n ** n",
        "'%s'|format(x)",
        "l[::-1]",
        "l[1:]",
        "namespace(a=1)",
        "dict(a=1)",
        "x.upper()",
        "m.items()",
        "{% break %}",
        "{% continue %}",
        "{% call(a) g() %}",
        "{% endcall %}",
        "{% block b %}",
        "{% extends _f %}",
        "{% import _f as f %}",
    ],
    run: template,
};

/// What renders to no more than this many bytes a message.
const LARGEST: usize = 8 * 1024 * 1024;

fn template(input: &[u8]) -> Said {
    let [body, fragment, policy, variables] = parts(input);
    let given: Map<String, Value> = serde_json::from_slice(variables).unwrap_or_default();
    let inputs = ["x", "n", "l", "m"].iter().zip(["string", "number", "list", "object"]);
    let inputs = inputs.map(|(name, kind)| format!("[inputs.{name}]\ntype = \"{kind}\"\noptional = true\n"));
    let declared = inputs.collect::<Vec<_>>().concat();
    let whole = [b"+++\npolicies = [\"p\"]\n", declared.as_bytes(), b"+++\n", body].concat();
    let (Some(prompt), Some(fragment)) = (prompt("p", &whole), prompt("_f", fragment)) else {
        return Said::no("no prompt");
    };
    let policies = Policy::parse("p.md", policy).map(|(policy, _)| (Name::parse("p").unwrap(), policy));
    let parts = Parts {
        path: "p.md".to_owned(),
        prompt,
        fragments: BTreeMap::from([(Name::parse("_f").unwrap(), fragment)]),
        policies: policies.into_iter().collect(),
        tools: Vec::new(),
        model: None,
    };
    let rendered = render::render(&parts, &given);
    if input.len() < 2000 {
        assert_eq!(rendered.as_ref().ok(), render::render(&parts, &given).as_ref().ok(), "rendering is repeatable");
    }
    match rendered {
        Ok(request) => {
            assert!(request.messages.iter().all(|message| message.content.len() <= LARGEST), "the output is bounded");
            let roles: Vec<&str> = request.messages.iter().map(|message| message.role.word()).collect();
            Said::yes(roles.join(" "))
        }
        Err(RenderError::Invalid(problems)) => Said::problems(false, &problems),
        Err(error) => Said::no(format!("{error:?}").chars().take_while(|c| c.is_alphanumeric()).collect::<String>()),
    }
}

fn prompt(name: &str, bytes: &[u8]) -> Option<Prompt> {
    let source = Source::single("p.md", bytes.to_vec());
    match parse(Kind::Prompt, &Name::parse(name).ok()?, "p.md", &source, Some(Template::Jinja)) {
        Ok((Parsed::Prompt(prompt), _)) => Some(prompt),
        _ => None,
    }
}
