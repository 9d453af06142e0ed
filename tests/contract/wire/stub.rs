//! A server on this machine that answers as it is told, however badly.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use serde_json::Value;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

/// What to do with a request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Answer with a status, headers and a body.
    Say(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Say this and close.
    Raw(Vec<u8>),
    /// Say this one byte at a time, so far apart.
    Drip(Vec<u8>, Duration),
    /// Say nothing and keep the connection.
    Hang,
}

/// A JSON answer.
pub(crate) fn json(status: u16, body: &Value) -> Act {
    Act::Say(status, vec![("content-type", "application/json".to_owned())], body.to_string().into_bytes())
}

/// The server; it ends with the test.
pub(crate) struct Stub {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// Connections that hang end when this does.
    _end: mpsc::Sender<()>,
}

impl Stub {
    /// Answers the n-th request, from 0, as `script` says.
    pub(crate) fn new(script: impl Fn(usize, &Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, script) = (Arc::new(Mutex::new(Vec::new())), Arc::new(script));
        let (end, ended) = mpsc::channel::<()>();
        let ended = Arc::new(Mutex::new(ended));
        let all = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (all, script, ended) = (Arc::clone(&all), Arc::clone(&script), Arc::clone(&ended));
                thread::spawn(move || serve(&stream, &all, script.as_ref(), &ended));
            }
        });
        Self { url, seen, _end: end }
    }

    /// Answers every request the same.
    pub(crate) fn always(act: Act) -> Self {
        Self::new(move |_, _| act.clone())
    }

    /// Answers with these in order, the last one for ever.
    pub(crate) fn script(acts: Vec<Act>) -> Self {
        Self::new(move |at, _| acts[at.min(acts.len() - 1)].clone())
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(
    stream: &TcpStream,
    all: &Mutex<Vec<Seen>>,
    script: &dyn Fn(usize, &Seen) -> Act,
    ended: &Mutex<mpsc::Receiver<()>>,
) {
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(seen) = read(&mut reader) {
        let at = {
            let mut all = all.lock().unwrap();
            all.push(seen.clone());
            all.len() - 1
        };
        match script(at, &seen) {
            Act::Say(status, headers, body) => {
                let headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                let (length, headers) = (body.len(), headers.concat());
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{headers}\r\n");
                if writer.write_all(&[head.as_bytes(), &body].concat()).is_err() {
                    return;
                }
            }
            Act::Raw(bytes) => {
                let _ = writer.write_all(&bytes);
                return;
            }
            Act::Drip(bytes, apart) => {
                for byte in bytes {
                    thread::sleep(apart);
                    if writer.write_all(&[byte]).is_err() {
                        return;
                    }
                }
            }
            Act::Hang => {
                let _ = ended.lock().unwrap().recv();
                return;
            }
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Seen> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Seen { method, path, headers, body: serde_json::from_slice(&body).unwrap_or_default() })
}
