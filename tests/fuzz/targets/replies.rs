//! What models answered: as it is kept, as it is recorded, and as programs say it.

use chancery::{
    adapters::provider::answer_in,
    eval::{Recording, Reply},
    object::Digest,
};

use super::{Said, Target, files::file, shape};

/// A stored reply, a recording or a line of an `exec` program: the first byte says which.
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
    ],
    run: reply,
};

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
        _ => match answer_in("1", bytes) {
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
