//! Where a model is asked.

use std::net::IpAddr;

use reqwest::Url;

use super::dialect::Dialect;

/// An address below which a provider listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    url: Url,
    /// Whether it is the provider's own.
    pub(super) own: bool,
}

impl Address {
    /// The usual address of a provider, or the one that a model names.
    ///
    /// An address without a path gets the usual one. With a path it is taken as the provider's own clients take
    /// it: where they always add the first part of the path, it is added unless the address ends in it.
    pub(super) fn of(dialect: &Dialect, base_url: Option<&str>) -> Result<Self, String> {
        let mut url = Url::parse(base_url.unwrap_or(dialect.host)).map_err(|error| error.to_string())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err("it is no `http` or `https` address with a host".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it holds a user or a password".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("it holds more than a host and a path".to_owned());
        }
        let path = url.path().trim_end_matches('/').to_owned();
        let ends = path.rsplit('/').next() == Some(dialect.root);
        let add = path.is_empty() || (dialect.root_always && !ends);
        url.set_path(&if add { format!("{path}/{}", dialect.root) } else { path });
        Ok(Self { url, own: base_url.is_none() })
    }

    /// The address with these parts of a path below it, each escaped.
    pub(super) fn below(&self, parts: &[String]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }

    /// Scheme, host and port: what is shared by all that ask here, and what errors tell.
    pub(super) fn host(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Whether it is on this machine.
    pub(super) fn is_here(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host.parse::<IpAddr>().map_or(host == "localhost", |address| address.is_loopback())
    }

    /// Whether somebody on the way could listen.
    pub(super) fn is_open(&self) -> bool {
        self.url.scheme() == "http" && !self.is_here()
    }

    /// Whether what is sent is encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(word: &str, base: Option<&str>) -> String {
        let dialect = Dialect::of(word).unwrap();
        let request = super::super::testing::request(&serde_json::json!({}));
        Address::of(dialect, base).unwrap().below(&(dialect.path)(&request)).to_string()
    }

    #[test]
    fn every_provider_has_its_usual_address() {
        for (word, expected) in [
            ("anthropic", "https://api.anthropic.com/v1/messages"),
            ("openai", "https://api.openai.com/v1/chat/completions"),
            ("openai-responses", "https://api.openai.com/v1/responses"),
            ("gemini", "https://generativelanguage.googleapis.com/v1beta/models/m-1:generateContent"),
            ("ollama", "http://127.0.0.1:11434/api/chat"),
        ] {
            assert_eq!(address(word, None), expected);
        }
    }

    #[test]
    fn an_address_is_taken_as_the_providers_own_clients_take_it() {
        for (word, base, expected) in [
            ("anthropic", "http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/messages"),
            ("anthropic", "https://h/anthropic/", "https://h/anthropic/v1/messages"),
            ("anthropic", "https://h/v1", "https://h/v1/messages"),
            ("openai", "https://h", "https://h/v1/chat/completions"),
            ("openai", "https://h/api/openai/v2/", "https://h/api/openai/v2/chat/completions"),
            ("openai-responses", "https://h/v1", "https://h/v1/responses"),
            ("gemini", "https://h/", "https://h/v1beta/models/m-1:generateContent"),
            ("gemini", "https://h/v1", "https://h/v1/models/m-1:generateContent"),
            ("ollama", "http://box:11434/", "http://box:11434/api/chat"),
            ("ollama", "http://box/api", "http://box/api/chat"),
        ] {
            assert_eq!(address(word, Some(base)), expected, "{base}");
        }
    }

    #[test]
    fn no_part_of_a_path_leads_anywhere_else() {
        let base = Address::of(Dialect::of("gemini").unwrap(), None).unwrap();
        let below = |part: &str| base.below(&[part.to_owned()]).to_string();
        let root = "https://generativelanguage.googleapis.com/v1beta";
        assert_eq!(below("a?key=b#c"), format!("{root}/a%3Fkey=b%23c"));
        assert_eq!(below("a/../b"), format!("{root}/a%2F..%2Fb"));
        assert_eq!(below(".."), root);
    }

    #[test]
    fn only_addresses_that_can_be_trusted_with_a_key_are_taken() {
        let of = |base| Address::of(Dialect::of("openai").unwrap(), Some(base));
        for wrong in ["", "h", "ftp://h", "http://", "https://u@h", "https://u:p@h", "https://h?k=1", "https://h#x"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        for here in
            ["http://localhost:1", "http://127.0.0.1", "http://127.9.9.9", "http://[::1]:1", "http://2130706433"]
        {
            assert!(!of(here).unwrap().is_open(), "{here}");
        }
        for open in
            ["http://h", "http://localhost.evil.com", "http://127.0.0.1.nip.io", "http://0.0.0.0", "http://10.0.0.1"]
        {
            assert!(of(open).unwrap().is_open(), "{open}");
        }
        assert!(!of("https://h").unwrap().is_open() && of("https://h").unwrap().is_encrypted());
        assert_eq!(of("https://h:8443/v1").unwrap().host(), "https://h:8443");
    }
}
