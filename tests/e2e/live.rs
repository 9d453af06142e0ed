//! `eval --live`: models behind a network interface, here one of our own on this machine.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::{Value, json};

use crate::support::Project;

const KEY: &str = "sk-live-0123456789abcdef";

/// A server that answers every request with a city, and counts them.
fn server() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counted = Arc::clone(&counted);
            thread::spawn(
                move || while answer(&stream).is_some_and(|()| counted.fetch_add(1, Ordering::SeqCst) < 1000) {},
            );
        }
    });
    (url, calls)
}

fn answer(stream: &TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    // Two interfaces at once: nobody minds what it does not know.
    let body = json!({
        "message": { "content": "Oslo" }, "model": "m-1", "choices": [{ "message": { "content": format!("Oslo, and your key is {KEY}") } }],
        "usage": { "prompt_tokens": 1_000_000, "completion_tokens": 0, "prompt_tokens_details": { "cached_tokens": 500_000 } },
    })
    .to_string();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    let mut writer = stream;
    writer.write_all(&[head.as_bytes(), body.as_bytes()].concat()).ok()
}

fn project(url: &str) -> Project {
    let project = Project::begun();
    let price = "price = { input = 2.0, output = 5.0, cached = 0.2 }";
    project.write("models/far.toml", format!("provider = \"openai\"\nid = \"m-1\"\nbase_url = \"{url}\"\n{price}\n"));
    project.write("prompts/where.md", "+++\nmodel = \"far\"\n[inputs.who]\n+++\nWhere is {{ who }}?");
    let case = "[[case]]\nid = \"one\"\nvars = { who = \"Ada\" }\nexpect = [{ contains = \"Oslo\" }]\n";
    project.write("evals/where.toml", format!("prompt = \"where\"\n{case}"));
    project
}

#[test]
fn a_model_behind_a_network_interface_is_called_with_live_alone_and_only_with_a_key() {
    let (url, calls) = server();
    let mut project = project(&url);

    let recorded = project.run(["eval"]).exits(5);
    assert!(recorded.stdout.contains("there are no recordings"), "{recorded}");

    let keyless = project.json(["eval", "--live"]);
    assert_eq!((&keyless["code"], &keyless["exit"]), (&"missing-key".into(), &3.into()), "{keyless:#}");
    assert!(keyless["because"].as_str().unwrap().contains("`OPENAI_API_KEY` holds none"), "{keyless:#}");
    assert_eq!(calls.load(Ordering::SeqCst), 0, "nothing was sent");

    project.with_variable("OPENAI_API_KEY", KEY);
    // What is meant for this machine goes through no proxy, whatever the environment says.
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        project.with_variable(name, "http://127.0.0.1:9");
    }
    let live = project.run(["--json", "eval", "--live"]).exits(0);
    assert!(!live.stdout.contains(KEY) && !live.stderr.contains(KEY), "{live}");
    let document: Value = serde_json::from_str(&live.stdout).unwrap();
    let bundle = &document["bundles"][0];
    assert_eq!((&bundle["passed"], calls.load(Ordering::SeqCst)), (&1.into(), 1), "{document:#}");
    let cost = bundle["cost_usd"].as_f64().unwrap();
    assert!((cost - 1.1).abs() < 1e-9, "half of what was sent was cached: {cost}");
}

#[test]
fn a_key_is_not_sent_to_another_machine_in_the_open() {
    let mut project = project("http://models.example.com");
    project.with_variable("OPENAI_API_KEY", KEY);
    let refused = project.json(["eval", "--live"]);
    assert_eq!((&refused["code"], &refused["exit"]), (&"unencrypted".into(), &3.into()), "{refused:#}");
    assert!(!refused.to_string().contains(KEY), "{refused:#}");
}

#[test]
fn a_proxy_that_the_environment_names_is_used_for_other_machines() {
    let (proxy, calls) = server();
    let mut project = project("http://127.0.0.1:1");
    let far = "provider = \"ollama\"\nid = \"m-1\"\nbase_url = \"http://models.invalid\"\n";
    project.write("models/far.toml", far);
    project.with_variable("http_proxy", &proxy);
    project.run(["eval", "--live"]).exits(0);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}
