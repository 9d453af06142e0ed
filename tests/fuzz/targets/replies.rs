//! What models answered: as it is kept, as it is recorded, and as programs say it.

use chancery::{
    adapters::provider::{answer_in, reply_in},
    eval::{Recording, Reply},
    object::Digest,
};

use super::{Said, Target, files::file, shape};

/// A stored reply, a recording, a line of an `exec` program, or what a provider answers over the network in one of five
/// interfaces: the first byte says which.
pub(crate) const REPLY: Target = Target {
    name: "reply",
    seeds: || {
        let mut seeds = vec![
            b"r{\"format\":1,\"reply\":{\"content\":\"hi\"}}".to_vec(),
            b"e{\"id\":\"1\",\"content\":\"hi\",\"usage\":{\"input_tokens\":3,\"output\":2},\"model\":\"m\"}\n"
                .to_vec(),
            b"e{\"id\":\"1\",\"tool_calls\":[{\"name\":\"t\",\"arguments\":{\"a\":[1,2.5,null]}},{\"name\":\"u\"}]}"
                .to_vec(),
        ];
        seeds.extend(NETWORK.iter().map(|(_, seed)| seed.as_bytes().to_vec()));
        let text = String::from_utf8(file("templates/support-agent/recordings.jsonl")).unwrap();
        seeds.extend(text.lines().take(40).step_by(13).map(|line| {
            let recording = Recording::parse("x.json", line).unwrap();
            [b"c", recording.to_text().as_bytes()].concat()
        }));
        let called = text.lines().find(|line| line.contains("tool_calls")).unwrap();
        seeds.push([b"r", &Recording::parse("x.json", called).unwrap().reply.to_bytes()[..]].concat());
        seeds
    },
    words: &[
        "\"format\":1",
        "\"reply\":{",
        "\"content\":\"",
        "\"tool_calls\":[",
        "\"name\":\"",
        "\"arguments\":{",
        "\"usage\":{",
        "\"input\":1",
        "\"input_tokens\":1",
        "\"prompt_tokens\":1",
        "\"output\":1",
        "\"model\":\"m\"",
        "\"id\":\"1\"",
        "\"id\":1",
        "\"key\":\"",
        "\"sample\":0",
        "\"request\":{",
        "\"messages\":[",
        "\"role\":\"user\"",
        "\"tools\":[]",
        "\"params\":{}",
        "\"note\":",
        "{\"id\":\"1\",\"content\":null}",
        "\"choices\":[",
        "\"message\":{",
        "\"type\":\"text\"",
        "\"type\":\"tool_use\"",
        "\"type\":\"function_call\"",
        "\"output\":[",
        "\"candidates\":[",
        "\"parts\":[",
        "\"functionCall\":{",
        "\"function\":{",
        "\"error\":{",
        "\"done\":false",
        "\"unparsed_arguments\":",
    ],
    run: reply,
};

/// An answer in each interface, and the interface's word.
const NETWORK: [(&str, &str); 5] = [
    (
        "anthropic",
        r#"1{"content":[{"type":"text","text":"hi"},{"type":"tool_use","id":"a","name":"t","input":{"a":1}}],"model":"m","stop_reason":"end_turn","usage":{"input_tokens":3,"cache_read_input_tokens":2,"output_tokens":1}}"#,
    ),
    (
        "openai",
        r#"2{"choices":[{"finish_reason":"stop","message":{"content":"hi","tool_calls":[{"function":{"name":"t","arguments":"{\"a\":1}"}}]}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#,
    ),
    (
        "openai-responses",
        r#"3{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"hi"}]},{"type":"function_call","name":"t","arguments":"{}"}]}"#,
    ),
    (
        "gemini",
        r#"4{"candidates":[{"finishReason":"STOP","content":{"parts":[{"text":"hi"},{"functionCall":{"name":"t","args":{}}}]}}],"usageMetadata":{"promptTokenCount":3}}"#,
    ),
    (
        "ollama",
        r#"5{"message":{"content":"hi","tool_calls":[{"function":{"name":"t","arguments":{}}}]},"done":true,"done_reason":"stop","eval_count":1.5}"#,
    ),
];

fn said(which: u8, bytes: &[u8]) -> Result<Reply, String> {
    let network = usize::from(which).checked_sub(usize::from(b'1')).and_then(|at| NETWORK.get(at));
    network.map_or_else(|| answer_in("1", bytes), |(word, _)| reply_in(word, bytes))
}

fn reply(input: &[u8]) -> Said {
    let Some((which, bytes)) = input.split_first() else { return Said::no("nothing") };
    match which {
        b'r' => match Reply::from_bytes(bytes) {
            Ok(reply) => {
                assert_eq!(reply.to_bytes(), bytes, "a stored reply has one encoding");
                assert_eq!(reply.digest(), Digest::of(bytes));
                Said::yes(format!("stored {}", reply.tool_calls.len()))
            }
            Err(error) => Said::no(shape(&error.to_string())),
        },
        b'c' => match Recording::parse("x.json", &super::text(bytes)) {
            Ok(recording) => {
                assert_eq!(recording.request.key(recording.sample), recording.key, "it answers what it is named after");
                // Numbers beyond 2^53 may lose digits when they are named; what is written is read again all the same.
                assert_eq!(
                    Recording::parse("x.json", &recording.to_text()),
                    Ok(recording),
                    "it is read as it is written"
                );
                Said::yes("recording")
            }
            Err(error) => Said::no(shape(&error.reason())),
        },
        _ => match said(*which, bytes) {
            Ok(reply) => {
                let stored = reply.clone().as_stored();
                if let Ok(stored) = &stored {
                    assert_eq!(stored.clone().as_stored().as_ref(), Ok(stored), "stored once is stored for good");
                    assert_eq!(Reply::from_bytes(&reply.to_bytes()).as_ref(), Ok(stored), "and is read again");
                }
                Said::yes(format!("line {} {}", reply.tool_calls.len().min(9), stored.is_ok()))
            }
            Err(why) => {
                assert!(why.chars().count() < 1000, "a reason is short");
                Said::no(shape(&why))
            }
        },
    }
}
