//! What every provider promises, and what `exec` promises beyond it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::Path,
    sync::Mutex,
    time::{Duration, Instant},
};

use chancery::{
    adapters::provider::{Echo, Exec, RecordingFolder, Replay},
    eval::{Provider, ProviderError, Recording, Reply, ReplySource},
    render::{Message, Request, Speaker},
};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// Answers every request with the content of its last message, if that holds no quotes.
const AGENT: &str = r#"
while IFS= read -r line; do
  id=${line#*\"id\":\"}; id=${id%%\"*}
  said=${line##*\"content\":\"}; said=${said%%\"*}
  printf '{"id":"%s","content":"%s"}\n' "$id" "$said"
done
"#;

fn asking(text: &str) -> Request {
    Request {
        model: "m".to_owned(),
        messages: vec![Message::new(Speaker::System, "be kind"), Message::new(Speaker::User, text)],
        tools: Vec::new(),
        params: Map::new(),
    }
}

/// The requests the contract asks; each is answered with its own text.
fn questions() -> Vec<String> {
    (0..40).map(|n| format!("question {n}")).collect()
}

fn path_variable() -> Vec<(OsString, OsString)> {
    vec![("PATH".into(), std::env::var_os("PATH").unwrap())]
}

fn program(folder: &Path, script: &str) -> Exec {
    let command = ["sh".to_owned(), "-c".to_owned(), script.to_owned()];
    Exec::new(&command, folder, path_variable())
}

/// The contract: whoever asks, and however many ask at once, each gets the reply to its own request.
pub(crate) fn keeps_the_contract(provider: &dyn Provider, source: ReplySource) {
    let questions = questions();
    std::thread::scope(|scope| {
        for part in questions.chunks(10) {
            scope.spawn(move || {
                for question in part {
                    for _ in 0..2 {
                        let answer = provider.complete(&asking(question), 0).unwrap();
                        // A provider may count, and say who answered.
                        let said = Reply { usage: None, model: None, finish: None, ..answer.reply };
                        assert_eq!(said, Reply::text(question));
                        assert_eq!(answer.source, source);
                    }
                }
            });
        }
    });
}

#[test]
fn echo_keeps_the_contract() {
    keeps_the_contract(&Echo, ReplySource::Live);
}

#[test]
fn exec_keeps_the_contract() {
    let folder = TempDir::new().unwrap();
    keeps_the_contract(&program(folder.path(), AGENT), ReplySource::Live);
}

#[test]
fn replay_from_memory_keeps_the_contract() {
    let record = |text: &String| Recording::new(asking(text), 0, Reply::text(text), None);
    let recordings: BTreeMap<_, _> = questions().iter().map(record).map(|r| (r.key, r)).collect();
    keeps_the_contract(&Replay::new(Mutex::new(recordings)), ReplySource::Unsigned);
}

fn write(project: &Path, recording: &Recording) {
    let path = project.join("evals/recordings").join(recording.path());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, recording.to_text()).unwrap();
}

#[test]
fn replay_from_files_keeps_the_contract() {
    let project = TempDir::new().unwrap();
    for text in questions() {
        write(project.path(), &Recording::new(asking(&text), 0, Reply::text(&text), None));
    }
    keeps_the_contract(&Replay::new(RecordingFolder::of_project(project.path())), ReplySource::Unsigned);
}

#[test]
fn a_request_that_was_not_recorded_is_explained() {
    let project = TempDir::new().unwrap();
    let provider = Replay::new(RecordingFolder::of_project(project.path()));
    let none = provider.complete(&asking("hello"), 0).unwrap_err().to_string();
    assert!(none.contains("there are no recordings"), "{none}");

    write(project.path(), &Recording::new(asking("one\ntwo"), 0, Reply::text("x"), None));
    let provider = Replay::new(RecordingFolder::of_project(project.path()));
    let near = provider.complete(&asking("one\n2"), 0).unwrap_err().to_string();
    assert!(near.contains("message 2 line 2 is `2`, recorded `two`"), "{near}");
}

#[test]
fn a_recording_under_another_name_or_with_another_request_is_refused() {
    let project = TempDir::new().unwrap();
    let right = Recording::new(asking("a"), 0, Reply::text("x"), None);
    let other = Recording::new(asking("b"), 0, Reply::text("x"), None);
    write(project.path(), &right);
    let file = project.path().join("evals/recordings").join(right.path());
    let provider = Replay::new(RecordingFolder::of_project(project.path()));
    for text in [other.to_text(), right.to_text().replace("be kind", "be rude"), "{".to_owned()] {
        fs::write(&file, text).unwrap();
        let error = provider.complete(&asking("a"), 0).unwrap_err();
        assert!(matches!(error, ProviderError::Recording { .. }), "{error}");
        assert!(error.to_string().contains(&right.path()), "{error}");
    }
}

#[test]
fn a_program_sees_the_request_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let exec = program(folder.path(), &AGENT.replace("do\n", "do\n printf '%s\\n' \"$line\" >> seen\n"));
    let mut request = asking("hello");
    request.tools = vec![json!({ "name": "lookup" })];
    request.params.insert("temperature".to_owned(), json!(0));
    // The agent reads the last `content`; keys of tools and parameters do not look like one.
    exec.complete(&request, 1).unwrap();
    let seen: Value = serde_json::from_slice(&fs::read(folder.path().join("seen")).unwrap()).unwrap();
    let expected = json!({
        "id": request.key(1).hex(),
        "messages": [{ "role": "system", "content": "be kind" }, { "role": "user", "content": "hello" }],
        "tools": [{ "name": "lookup" }],
        "params": { "temperature": 0 },
    });
    assert_eq!(seen, expected);
}

#[test]
fn a_program_gets_no_keys_and_runs_in_the_project() {
    let folder = TempDir::new().unwrap();
    let mut environment = path_variable();
    for name in ["CHANCERY_SIGNING_KEY", "SSH_AUTH_SOCK", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GIT_DIR"] {
        environment.push((name.into(), "leaked".into()));
    }
    environment.push(("LANG".into(), "C.UTF-8".into()));
    let script = AGENT.replace("do\n", "do\n env > environment; pwd > place\n");
    let exec = Exec::new(&["sh".to_owned(), "-c".to_owned(), script], folder.path(), environment);
    exec.complete(&asking("x"), 0).unwrap();
    let seen = fs::read_to_string(folder.path().join("environment")).unwrap();
    assert!(!seen.contains("leaked") && seen.contains("LANG=C.UTF-8"), "{seen}");
    let place = fs::read_to_string(folder.path().join("place")).unwrap();
    assert_eq!(fs::canonicalize(place.trim()).unwrap(), fs::canonicalize(folder.path()).unwrap());
}

#[test]
fn a_program_named_by_a_relative_path_is_found_in_the_project() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("agent.sh"), AGENT).unwrap();
    std::os::unix::fs::symlink("/bin/sh", folder.path().join("agent")).unwrap();
    let exec = Exec::new(&["./agent".to_owned(), "agent.sh".to_owned()], folder.path(), path_variable());
    assert_eq!(exec.complete(&asking("hello"), 0).unwrap().reply, Reply::text("hello"));
}

#[test]
fn one_process_answers_many_requests_and_ends_with_its_provider() {
    let folder = TempDir::new().unwrap();
    let exec = program(folder.path(), &format!("echo $$ >> started\n{AGENT}\necho done > ended"));
    for n in 0..20 {
        exec.complete(&asking(&n.to_string()), 0).unwrap();
    }
    drop(exec);
    assert_eq!(fs::read_to_string(folder.path().join("started")).unwrap().lines().count(), 1);
    assert!(folder.path().join("ended").exists(), "its input was closed, so it ended by itself");
}

#[test]
fn a_program_that_answers_once_and_ends_is_started_again() {
    let folder = TempDir::new().unwrap();
    let exec = program(folder.path(), &AGENT.replace("done", "exit 0; done"));
    for n in 0..10 {
        let text = n.to_string();
        assert_eq!(exec.complete(&asking(&text), 0).unwrap().reply, Reply::text(text));
    }
}

#[test]
fn tool_calls_usage_and_model_are_read_from_a_reply() {
    let folder = TempDir::new().unwrap();
    let rest = r#""tool_calls":[{"name":"refund","arguments":{"amount":1.0}},{"name":"close"}],"usage":{"input_tokens":7,"output":2},"model":"m-1","more":1"#;
    let exec = program(folder.path(), &AGENT.replace(r#""content":"%s""#, rest).replace(" \"$said\"", ""));
    let reply = exec.complete(&asking("x"), 0).unwrap().reply;
    let expected = json!({
        "content": "",
        "tool_calls": [{ "name": "refund", "arguments": { "amount": 1.0 } }, { "name": "close", "arguments": {} }],
        "usage": { "input": 7, "output": 2 },
        "model": "m-1",
    });
    assert_eq!(serde_json::to_value(&reply).unwrap(), expected);
}

#[test]
fn a_line_that_is_no_reply_is_an_error_with_its_reason() {
    let folder = TempDir::new().unwrap();
    for (script, reason) in [
        ("echo hello", "`hello`"),
        ("echo '{\"id\":\"other\",\"content\":\"x\"}'", "it answers id"),
        ("echo '{\"content\":\"x\"}'", "missing field `id`"),
        ("echo '{\"id\":1,\"content\":\"x\"}'", "it answers id 1"),
        ("printf '{\"id\":\"\\377\"}\\n'", "it is not UTF-8"),
        ("echo", "EOF"),
        ("head -c 17000000 /dev/zero | tr '\\0' x", "longer than 16777216 bytes"),
    ] {
        let exec = program(folder.path(), &format!("read -r line; echo why >&2; {script}; sleep 30"));
        let began = Instant::now();
        let error = exec.complete(&asking("x"), 0).unwrap_err();
        assert!(matches!(error, ProviderError::Malformed { .. }), "{script}: {error}");
        let text = error.to_string();
        assert!(text.contains(reason) && text.contains("stderr ends: why"), "{script}: {text}");
        assert!(began.elapsed() < Duration::from_secs(20), "{script}");
    }
    let empty = AGENT.replace(r#","content":"%s""#, "").replace(" \"$said\"", "");
    let error = program(folder.path(), &empty).complete(&asking("x"), 0).unwrap_err().to_string();
    assert!(error.contains("neither `content` nor `tool_calls`"), "{error}");
}

#[test]
fn a_program_that_ends_early_is_an_error_with_the_end_of_its_stderr() {
    let folder = TempDir::new().unwrap();
    let script = "read -r line; i=0; while [ $i -lt 2000 ]; do echo line $i >&2; i=$((i+1)); done; exit 3";
    let error = program(folder.path(), script).complete(&asking("x"), 0).unwrap_err();
    let ProviderError::Ended { status, stderr, .. } = &error else { panic!("{error}") };
    assert!(status.contains('3'), "{status}");
    assert!(stderr.len() <= 4096 && stderr.ends_with("line 1999\n"), "{stderr}");
    let silent = program(folder.path(), "exit 0").complete(&asking("x"), 0).unwrap_err();
    assert!(matches!(silent, ProviderError::Ended { .. }), "{silent}");
}

#[test]
fn a_program_that_does_not_answer_or_does_not_even_read_is_stopped_in_time() {
    let folder = TempDir::new().unwrap();
    let large = "x".repeat(4 * 1024 * 1024);
    for (script, text) in [("read -r line; exec sleep 30", "x"), ("exec sleep 30", large.as_str()), ("sleep 30", "x")] {
        let exec = program(folder.path(), script).allowing(Duration::from_millis(300));
        let began = Instant::now();
        let error = exec.complete(&asking(text), 0).unwrap_err();
        assert!(matches!(error, ProviderError::Late { .. }), "{error}");
        assert!(began.elapsed() < Duration::from_secs(10), "{script}");
    }
}

#[test]
fn a_provider_answers_again_after_a_failure() {
    let folder = TempDir::new().unwrap();
    let script = AGENT.replace("printf", "[ \"$said\" = bad ] && exit 7; printf");
    let exec = program(folder.path(), &script);
    assert!(exec.complete(&asking("good"), 0).is_ok());
    assert!(matches!(exec.complete(&asking("bad"), 0), Err(ProviderError::Ended { .. })));
    assert_eq!(exec.complete(&asking("good"), 1).unwrap().reply, Reply::text("good"));
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let folder = TempDir::new().unwrap();
    for command in [vec!["./no-such-agent".to_owned()], vec!["no-such-agent-anywhere".to_owned()], Vec::new()] {
        let exec = Exec::new(&command, folder.path(), path_variable());
        let error = exec.complete(&asking("x"), 0).unwrap_err();
        assert!(matches!(error, ProviderError::Start { .. }), "{error}");
    }
}
