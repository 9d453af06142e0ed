//! A model that counts what it is paid for.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

/// A server on loopback that speaks OpenAI's Chat Completions and answers with the last user message.
///
/// A call costs once, however often it is asked under one `Idempotency-Key`.
pub(crate) struct Counting {
    address: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// How often each call was asked, by its key.
    asked: BTreeMap<String, usize>,
    /// The bodies of all calls, in order.
    bodies: Vec<Value>,
}

impl Counting {
    /// A server that takes so long for each answer.
    pub(crate) fn answering_in(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Seen>>::default();
        let all = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let seen = Arc::clone(&all);
                thread::spawn(move || serve(&stream, &seen, delay));
            }
        });
        Self { address, seen }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// How many calls were paid for.
    pub(crate) fn paid(&self) -> usize {
        self.seen.lock().unwrap().asked.len()
    }

    /// How often it was asked, paid or not.
    pub(crate) fn asked(&self) -> usize {
        self.seen.lock().unwrap().bodies.len()
    }

    /// The body of the newest call.
    pub(crate) fn newest(&self) -> Value {
        self.seen.lock().unwrap().bodies.last().unwrap().clone()
    }
}

/// The model that was asked for, but for one that is known to change its name.
fn model(body: &Value) -> Value {
    if body["model"] == "m-renamed" { json!("m-2") } else { body["model"].clone() }
}

/// Answers one call after the other; a client that was killed ends it.
fn serve(stream: &TcpStream, seen: &Mutex<Seen>, delay: Duration) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut length, mut key, mut line) = (0, String::new(), String::new());
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        loop {
            line.clear();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().ok()?,
                "idempotency-key" => value.trim().clone_into(&mut key),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body: Value = serde_json::from_slice(&body).unwrap();
        let said = body["messages"].as_array().unwrap().last().unwrap()["content"].clone();
        {
            let mut seen = seen.lock().unwrap();
            assert!(!key.is_empty(), "every call that costs something says which one it is");
            *seen.asked.entry(key).or_default() += 1;
            seen.bodies.push(body.clone());
        }
        thread::sleep(delay);
        let reply = json!({
            "id": "chat-1", "object": "chat.completion", "created": 1, "model": model(&body),
            "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": said } }],
            "usage": { "prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12 },
        })
        .to_string();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        let mut stream = stream;
        write!(stream, "{head}Content-Length: {}\r\n\r\n{reply}", reply.len()).ok()?;
    }
}
