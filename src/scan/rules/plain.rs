//! Secrets without a shape of their own, known by where they stand.

use crate::scan::{
    plausible,
    rule::{Rule, named, token},
};

pub(super) const RULES: &[Rule] = &[
    token("json-web-token", "a JSON Web Token", &["eyj"], r"eyJ[A-Za-z0-9_=-]{8,}\.[A-Za-z0-9_=-]{4,}(?:\.[A-Za-z0-9_+/=-]*)?")
        .believing(plausible::web_token)
        .anywhere(),
    token("address-password", "a password in an address", &["://"], r#"[A-Za-z][A-Za-z0-9+.-]{1,24}://[^\s"'`/?#@:;,<>(){}\[\]]{0,128}:([^\s"'`/?#@:;,<>(){}\[\]]{2,256})@[A-Za-z0-9\[]"#)
        .believing(plausible::in_address)
        .anywhere(),
    token("connection-password", "the password of a database connection", &["password=", "pwd=", "password ="], r#"(?i)(?:server|data source|host|uid|user id|user|database|initial catalog|dsn)\s?=\s?[^;\n"']{1,200};(?:[^;\n"']{1,200};){0,12}\s?(?:password|pwd)\s?=\s?([^;\s"']{3,128})"#)
        .believing(plausible::in_address)
        .anywhere(),
    token("authorization-header", "the credentials of an HTTP header", &["authorization"], r#"(?i)authorization["'`]{0,2}\s{0,3}[:=,]\s{0,3}\\?["'`]{0,2}(?:bearer|token|basic|apikey|bot)\s{1,3}([A-Za-z0-9+/=._~-]{12,})"#)
        .believing(plausible::header),
    token("curl-password", "a password given to curl", &["curl"], r#"curl\s[^\n]{0,400}?(?:-u|--user)[ =]{1,2}["']?[^\s:"']{1,100}:([^\s"']{4,100})"#)
        .believing(plausible::in_address)
        .anywhere(),
    token("password", "a password", &["passwd", "password", "passphrase", "pwd", "kennwort", "passwort"], named!("passwd|password|passphrase|pwd|passwort|kennwort", r#"[^\s"'`,;<>{}\[\]|\\]{8,128}"#))
        .believing(plausible::password)
        .anywhere(),
    token("secret-value", "a secret", &["secret", "token", "api_key", "apikey", "api-key", "api key", "access_key", "access-key", "accesskey", "private_key", "credential", "auth_key", "authkey", "signing_key", "encryption_key"], named!("secret|token|api[_ -]?key|access[_-]?key|private[_-]?key|credentials?|auth[_-]?key|signing[_-]?key|encryption[_-]?key", r#"[^\s"'`,;<>{}\[\]|\\()]{12,256}"#))
        .believing(plausible::key)
        .anywhere(),
    token("hex-secret", "a secret in hexadecimal", &["secret", "token", "password", "api key", "api_key", "apikey", "credential"], r#"(?i)(?:secret|token|password|api[_ -]?key|credential)[^\n0-9a-f]{1,3}(?:[a-z _-]{0,24})(?:is|=|:)\s{0,3}["'`]{0,2}([0-9a-f]{32,128})"#)
        .believing(plausible::hexadecimal),
    token("encoded-secret", "a secret in base64", &["secret", "token", "password", "api key", "api_key", "apikey", "credential"], r#"(?i)(?:secret|token|password|api[_ -]?key|credential)[^\n=:]{0,24}(?:\bis\b|=|:)\s{0,3}["'`]{0,2}((?-i:[A-Za-z0-9+/_-]{28,256}={0,2}))"#)
        .believing(plausible::encoded),
];
