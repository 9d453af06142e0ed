//! Keys: which are wanted, where they go, and that nothing tells them.

use std::ffi::OsString;

use chancery::{
    adapters::provider::{Keys, Network, NetworkError, NetworkSettings},
    eval::Trouble,
};
use serde_json::json;

use super::{
    Bench, KEY, keys, model, refused, saying,
    stub::{Act, Stub, json as answer},
};

#[test]
fn a_missing_key_is_told_by_the_name_of_its_variable_before_anything_is_sent() {
    for (word, told) in [
        ("anthropic", "`anthropic` wants a key, and `ANTHROPIC_API_KEY` holds none"),
        ("openai", "`openai` wants a key, and `OPENAI_API_KEY` holds none"),
        ("openai-responses", "`openai-responses` wants a key, and `OPENAI_API_KEY` holds none"),
        ("gemini", "`gemini` wants a key, and `GEMINI_API_KEY` or `GOOGLE_API_KEY` holds none"),
    ] {
        let stub = Stub::always(Act::Hang);
        assert_eq!(refused(word, &stub.url, Keys::default()).to_string(), told);
        assert!(stub.seen().is_empty());
    }
    let stub = Stub::always(answer(200, &saying("ollama", "hi")));
    let none = Network::new(Keys::default(), NetworkSettings::default());
    assert!(none.model(&model("ollama", &stub.url)).is_ok(), "a local server wants none");
}

#[test]
fn either_name_of_a_key_will_do() {
    let google = Keys::of([(OsString::from("GOOGLE_API_KEY"), OsString::from(KEY))]);
    assert!(Network::new(google, NetworkSettings::default()).model(&model("gemini", "http://127.0.0.1:9")).is_ok());
}

#[test]
fn a_key_goes_only_where_nobody_listens() {
    for open in ["http://models.example.com", "http://10.0.0.1:8080/v1", "http://localhost.example.com"] {
        assert!(matches!(refused("openai", open, keys()), NetworkError::Open { .. }), "{open}");
        let keyless = Network::new(keys(), NetworkSettings::default());
        assert!(keyless.model(&model("ollama", open)).is_ok(), "no key is sent");
    }
    for wrong in ["https://user:secret@h", "https://h?key=1", "ftp://h", "https://"] {
        let error = refused("openai", wrong, keys());
        assert!(matches!(error, NetworkError::Address(_)) && !error.to_string().contains("secret"), "{error}");
    }
    let secure = Network::new(keys(), NetworkSettings::default());
    assert!(secure.model(&model("openai", "https://models.example.com/v1")).is_ok());
    assert!(!format!("{secure:?}").contains(KEY));
}

#[test]
fn a_server_that_cannot_encrypt_is_never_told_the_key() {
    let stub = Stub::always(answer(200, &saying("openai", "hi")));
    let unanswered = Bench::new("openai", &stub.url.replace("http:", "https:")).trouble();
    assert!(matches!(unanswered.trouble, Trouble::Broken(_)), "{unanswered}");
    assert!(stub.seen().iter().all(|seen| !format!("{seen:?}").contains("sk-very-")));
}

#[test]
fn a_server_that_tells_the_key_is_not_repeated() {
    for body in [
        json!({ "error": { "message": format!("Incorrect API key provided: {KEY}.") } }),
        json!({ "error": format!("{KEY}{KEY} sk-very-sec***789") }),
        json!(format!("<p>{KEY}</p>")),
    ] {
        for status in [200, 400, 401, 500] {
            let stub = Stub::always(answer(status, &body));
            let unanswered = Bench::new("openai", &stub.url).trouble();
            assert!(unanswered.to_string().contains("[key]"), "{unanswered}");
        }
    }
    let stub = Stub::always(Act::Raw(format!("HTTP/1.1 {KEY}\r\n\r\n").into_bytes()));
    assert!(matches!(Bench::new("openai", &stub.url).trouble().trouble, Trouble::Broken(_)));
}

#[test]
fn a_reply_that_holds_the_key_is_kept_without_it() {
    let stub = Stub::always(answer(200, &saying("openai", &format!("you sent {KEY}"))));
    assert_eq!(Bench::new("openai", &stub.url).ask().unwrap().reply.content, "you sent [key]");
}
