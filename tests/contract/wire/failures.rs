//! What goes wrong on the way, how often it is tried, and what is said about it.

use std::time::{Duration, Instant};

use chancery::eval::{Provider as _, Trouble};
use serde_json::json;

use super::{
    Bench, WORDS, saying,
    stub::{Act, Stub, json as answer},
};

fn status(stub: &Stub, bench: &Bench) -> (u16, u32, String, usize) {
    let unanswered = bench.trouble();
    let Trouble::Status { status, said, .. } = unanswered.trouble else { panic!("{unanswered}") };
    (status, unanswered.attempts, said, stub.seen().len())
}

fn limited(header: &str) -> Act {
    let headers = vec![("content-type", "application/json".to_owned()), ("retry-after", header.to_owned())];
    Act::Say(429, headers, br#"{"error":{"message":"slow down"}}"#.to_vec())
}

fn broken() -> Act {
    answer(500, &json!({ "error": { "message": "oops" } }))
}

#[test]
fn too_many_requests_are_repeated_after_the_pause_that_is_asked_for() {
    for word in WORDS {
        for (header, pause) in [("3", 3000), ("Fri, 20 Nov 2026 08:00:09 GMT", 9000), ("nonsense", 0)] {
            let stub = Stub::script(vec![limited(header), answer(200, &saying(word, "hi"))]);
            let bench = Bench::new(word, &stub.url);
            assert_eq!(bench.ask().unwrap().reply.content, "hi");
            // The longest wait of the first round comes after the pause.
            assert_eq!((stub.seen().len(), bench.watch.millis()), (2, vec![pause + 500]), "{word} {header}");
        }
    }
}

#[test]
fn a_pause_that_nobody_waits_for_ends_the_call_and_is_told() {
    let stub = Stub::always(limited("86400"));
    let bench = Bench::new("openai", &stub.url);
    let told = bench.trouble().to_string();
    assert!(told.contains("answered 429: `slow down`, and asks for a pause of 86400 s"), "{told}");
    assert_eq!((stub.seen().len(), bench.watch.millis()), (1, Vec::new()));
}

#[test]
fn a_pause_holds_back_every_call_to_the_host() {
    let stub = Stub::script(vec![limited("30"), answer(200, &saying("openai", "hi"))]);
    let bench = Bench::with("openai", &stub.url, |settings| settings.patience.attempts = 1);
    assert_eq!(status(&stub, &bench).0, 429);
    bench.ask().unwrap();
    assert_eq!(bench.watch.millis(), [30_000], "the next call began when the pause was over");
}

#[test]
fn a_server_in_trouble_is_asked_again() {
    for word in WORDS {
        for code in [408, 409, 500, 502, 503, 529] {
            let trouble = answer(code, &json!({ "error": "later" }));
            let stub = Stub::script(vec![trouble, answer(200, &saying(word, "hi"))]);
            let bench = Bench::new(word, &stub.url);
            assert_eq!(bench.ask().unwrap().reply.content, "hi");
            assert_eq!((stub.seen().len(), bench.watch.millis()), (2, vec![500]), "{word} {code}");
        }
    }
}

#[test]
fn a_server_in_trouble_for_ever_is_given_up() {
    for word in WORDS {
        let stub = Stub::always(broken());
        let bench = Bench::new(word, &stub.url);
        assert_eq!(status(&stub, &bench), (500, 6, "oops".to_owned(), 6), "{word}");
        assert_eq!(bench.watch.millis(), [500, 1000, 2000, 4000, 8000], "{word}");
        assert_eq!(bench.model.retries(), 5, "{word}");
    }
}

#[test]
fn what_will_not_change_is_asked_once_and_says_what_to_do() {
    for (code, next) in [
        (400, "look at the model's `params`"),
        (401, "check the key in `OPENAI_API_KEY`"),
        (403, "check what may be asked with the key in `OPENAI_API_KEY`"),
        (404, "check the model's `id` and `base_url`"),
        (413, "ask for less"),
        (422, "look at the model's `params`"),
    ] {
        let stub = Stub::always(answer(code, &json!({ "error": { "message": "a\u{1b}[31m\nb" } })));
        let bench = Bench::new("openai", &stub.url);
        let told = bench.trouble().to_string();
        let expected = format!(
            "`openai` at {}, asked for model `m-1`, answered {code}: `a\\u{{1b}}[31m\\nb`; next: {next}",
            stub.url
        );
        assert!(told.starts_with(&expected), "{told}");
        assert_eq!((stub.seen().len(), bench.watch.millis().len()), (1, 0));
    }
}

#[test]
fn a_connection_that_breaks_is_made_again() {
    let whole = saying("openai", "hi").to_string();
    let cut = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{whole}");
    let chunked =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n20\r\n{\"choi";
    for raw in ["", "HTTP/1.1 200", "not http at all\r\n\r\n", cut.as_str(), chunked] {
        let stub = Stub::script(vec![Act::Raw(raw.as_bytes().to_vec()), answer(200, &saying("openai", "hi"))]);
        let bench = Bench::new("openai", &stub.url);
        assert_eq!(bench.ask().unwrap().reply.content, "hi", "{raw}");
        assert_eq!((stub.seen().len(), bench.watch.millis()), (2, vec![500]), "{raw}");
    }
    let stub = Stub::always(Act::Raw(cut.into_bytes()));
    let unanswered = Bench::new("openai", &stub.url).trouble();
    assert!(matches!(unanswered.trouble, Trouble::Broken(_)) && unanswered.attempts == 6, "{unanswered}");
    let told = Bench::new("openai", "http://127.0.0.1:1").trouble().to_string();
    assert!(told.contains("asked for model `m-1` 6 times, could not be reached: no connection ("), "{told}");
}

#[test]
fn a_server_that_hangs_or_drips_is_given_up_in_time_and_not_paid_again() {
    let head =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{{{{{{{{{{{{{{{{{".to_vec();
    for act in [Act::Hang, Act::Drip(head, Duration::from_millis(40))] {
        let stub = Stub::always(act);
        let bench = Bench::with("openai", &stub.url, |settings| settings.attempt = Duration::from_millis(300));
        let began = Instant::now();
        let unanswered = bench.trouble();
        assert_eq!((unanswered.trouble, unanswered.attempts), (Trouble::Late { seconds: 0.3 }, 1));
        assert!(began.elapsed() < Duration::from_secs(10));
        assert_eq!(stub.seen().len(), 1);
    }
}

#[test]
fn a_slow_answer_is_an_answer() {
    let body = saying("openai", "hi").to_string();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:";
    let stub =
        Stub::always(Act::Drip(format!("{head} {}\r\n\r\n{body}", body.len()).into(), Duration::from_micros(500)));
    assert_eq!(Bench::new("openai", &stub.url).ask().unwrap().reply.content, "hi");
}

#[test]
fn an_answer_that_is_no_reply_is_an_error_and_not_paid_again() {
    let typed = |media: &str, body: &str| Act::Say(200, vec![("content-type", media.to_owned())], body.into());
    let huge = format!("\"{}\"", "x".repeat(16 * 1024 * 1024));
    for (act, reason) in [
        (
            typed("text/html; charset=utf-8", "<html>log in</html>"),
            "it is `text/html`, not JSON: `<html>log in</html>`",
        ),
        (typed("text/event-stream", "data: {}"), "it is `text/event-stream`, not JSON"),
        (typed("application/json", "{\"choices\": [{"), "it is not JSON (EOF while parsing"),
        (typed("application/json", ""), "it is not JSON (EOF while parsing a value at line 1 column 0): it is empty"),
        (typed("application/json", "{\"hello\": 1}"), "it has no `choices`: `{\"hello\":1}`"),
        (typed("application/json", "[]"), "it has no `choices`"),
        (typed("application/json", "{\"error\": {\"message\": \"no credit\"}}"), "it tells of an error: `no credit`"),
        (typed("application/json", &huge), "it is longer than 16777216 bytes"),
        (typed("application/json", &"[".repeat(100_000)), "recursion limit exceeded"),
        (Act::Say(200, Vec::new(), vec![0xff, 0xfe]), "it is not UTF-8"),
    ] {
        let stub = Stub::always(act);
        let unanswered = Bench::new("openai", &stub.url).trouble();
        let told = unanswered.to_string();
        assert!(told.contains(reason) && unanswered.attempts == 1, "{reason}: {told}");
        assert!(told.len() < 1000 && stub.seen().len() == 1, "{told}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    for code in [301, 302, 303, 307, 308] {
        let other = Stub::always(answer(200, &saying("openai", "stolen")));
        let stub =
            Stub::always(Act::Say(code, vec![("location", format!("{}/v1/chat/completions", other.url))], Vec::new()));
        let told = Bench::new("openai", &stub.url).trouble().to_string();
        assert!(told.contains(&format!("answered {code}; next: name in `base_url` where it leads")), "{told}");
        assert_eq!((stub.seen().len(), other.seen().len()), (1, 0));
    }
}

#[test]
fn many_failures_in_a_row_shut_a_model_off_until_it_answers_again() {
    let mut acts = vec![answer(401, &json!({ "error": { "message": "no" } })); 3];
    acts.push(answer(200, &saying("openai", "hi")));
    let stub = Stub::script(acts);
    let bench = Bench::with("openai", &stub.url, |settings| settings.failures = 3);
    for _ in 0..3 {
        assert_eq!(bench.trouble().attempts, 1);
    }
    let shut = bench.trouble();
    let last = "answered 401: `no`".to_owned();
    assert_eq!((shut.trouble, shut.attempts), (Trouble::Paused { failures: 3, seconds: 30, last }, 0));
    assert_eq!(stub.seen().len(), 3);
    super::Timer::sleep(bench.watch.as_ref(), Duration::from_secs(30));
    assert!(bench.ask().is_ok() && bench.ask().is_ok());
}

#[test]
fn requests_that_are_wrong_themselves_shut_nothing_off() {
    let stub = Stub::always(answer(400, &json!({ "error": "bad" })));
    let bench = Bench::with("openai", &stub.url, |settings| settings.failures = 3);
    for _ in 0..9 {
        assert!(matches!(bench.trouble().trouble, Trouble::Status { status: 400, .. }));
    }
}

#[test]
fn a_rate_spaces_calls_and_attempts() {
    let stub = Stub::script(vec![answer(200, &saying("openai", "hi")); 1]);
    let bench = Bench::with("openai", &stub.url, |settings| settings.rate = Some(2.0));
    (0..5).for_each(|_| drop(bench.ask().unwrap()));
    assert_eq!(bench.watch.millis(), [500, 500, 500]);
}

#[test]
fn threads_share_connections_and_each_gets_its_own_answer() {
    let stub = Stub::new(|_, _| answer(200, &saying("openai", "hi")));
    let bench = Bench::new("openai", &stub.url);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| (0..20).for_each(|_| assert_eq!(bench.ask().unwrap().reply.content, "hi")));
        }
    });
    assert_eq!(stub.seen().len(), 320);
}
