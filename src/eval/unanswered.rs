//! Why a model behind a network interface gave no reply, told so that somebody can act on it.

use std::fmt;

/// Who was asked, where, and with which key. Names only: no key, and no address beyond its host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The provider's word, such as `openai`.
    pub provider: String,
    /// Scheme, host and port.
    pub host: String,
    /// The model's id.
    pub model: String,
    /// The environment variable that the key came from, where one is sent.
    pub variable: Option<String>,
}

/// What happened instead of a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Trouble {
    /// It answered with a status that is no success.
    Status {
        /// The HTTP status.
        status: u16,
        /// What it said about it, as an excerpt; often nothing.
        said: String,
        /// It asked for a longer pause than anybody waits, in seconds.
        pause: Option<u64>,
    },
    /// No connection, or one that broke before the answer was whole.
    Broken(String),
    /// No whole answer in time.
    Late {
        /// The time it had, in seconds.
        seconds: f64,
    },
    /// An answer that is not what its interface promises.
    Unreadable(String),
    /// It was not asked, or not again, because the run was ended.
    Ended,
    /// It was not asked at all, because it failed so often in a row.
    Paused {
        /// Calls that failed in a row.
        failures: u32,
        /// Until it is tried again, in seconds, rounded up.
        seconds: u64,
        /// Why the last of them failed.
        last: String,
    },
}

/// A model behind a network interface that gave no reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Unanswered {
    /// Who was asked.
    pub asked: Asked,
    /// How often; 0 when it was not asked at all.
    pub attempts: u32,
    /// What happened, the last time.
    pub trouble: Trouble,
}

impl Trouble {
    /// Whether the same request may well be answered later.
    pub fn passes(&self) -> bool {
        match self {
            Self::Status { status, .. } => matches!(status, 408 | 409 | 429 | 500..=599),
            Self::Broken(_) => true,
            Self::Late { .. } | Self::Unreadable(_) | Self::Ended | Self::Paused { .. } => false,
        }
    }

    /// Whether the provider answered and only this one request is the matter, so that the next may do.
    pub fn is_the_requests_own(&self) -> bool {
        matches!(self, Self::Status { status, .. } if !self.passes() && !matches!(status, 300..=399 | 401..=404))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status, said, pause } => {
                write!(f, "answered {status}")?;
                if !said.is_empty() {
                    write!(f, ": `{said}`")?;
                }
                pause.map_or(Ok(()), |pause| write!(f, ", and asks for a pause of {pause} s"))
            }
            Self::Broken(reason) => write!(f, "could not be reached: {reason}"),
            Self::Late { seconds } => write!(f, "gave no whole answer within {seconds} s"),
            Self::Unreadable(reason) => write!(f, "gave an answer that is no reply: {reason}"),
            Self::Ended => f.write_str("is not asked any more: the run was ended"),
            Self::Paused { failures, seconds, last } => {
                write!(f, "is not asked for {seconds} s, after {failures} failed calls in a row; the last one {last}")
            }
        }
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Asked { provider, host, model, .. } = &self.asked;
        write!(f, "`{provider}` at {host}, asked for model `{model}`")?;
        if self.attempts > 1 {
            write!(f, " {} times", self.attempts)?;
        }
        write!(f, ", {}; next: {}", self.trouble, self.next())
    }
}

impl Unanswered {
    /// What to do about it.
    fn next(&self) -> String {
        let key = || match &self.asked.variable {
            Some(variable) => format!("the key in `{variable}`"),
            None => "whether it wants a key: none was sent".to_owned(),
        };
        match &self.trouble {
            Trouble::Status { status, .. } => match status {
                300..=399 => "name in `base_url` where it leads; a key is never sent on".to_owned(),
                401 => format!("check {}", key()),
                402 => "see to the account it is billed to".to_owned(),
                403 => format!("check what may be asked with {}", key()),
                404 => "check the model's `id` and `base_url`".to_owned(),
                413 => "ask for less: the request is too large".to_owned(),
                429 => "ask less at a time, or later".to_owned(),
                408 | 409 | 500..=599 => "ask again later: the trouble is the provider's".to_owned(),
                _ => "look at the model's `params` and the prompt's tools: this provider does not take them".to_owned(),
            },
            Trouble::Broken(_) => "check `base_url`, the network and its proxy".to_owned(),
            Trouble::Late { .. } => "ask again, or for fewer tokens".to_owned(),
            Trouble::Unreadable(_) => "check that `provider` and `base_url` of the model belong together".to_owned(),
            Trouble::Ended => "run the same again".to_owned(),
            Trouble::Paused { .. } => "see to why the last one failed, and run again".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(attempts: u32, trouble: Trouble) -> String {
        let variable = Some("OPENAI_API_KEY".to_owned());
        let asked = Asked { provider: "openai".into(), host: "https://h".into(), model: "m".into(), variable };
        Unanswered { asked, attempts, trouble }.to_string()
    }

    fn status(status: u16) -> Trouble {
        Trouble::Status { status, said: String::new(), pause: None }
    }

    #[test]
    fn an_error_says_who_was_asked_what_came_and_what_to_do() {
        let said = Trouble::Status { status: 401, said: "no such key".to_owned(), pause: None };
        let expected = "`openai` at https://h, asked for model `m`, answered 401: `no such key`; next: check the key in `OPENAI_API_KEY`";
        assert_eq!(told(1, said), expected);
        let expected = "`openai` at https://h, asked for model `m` 5 times, answered 503; \
                        next: ask again later: the trouble is the provider's";
        assert_eq!(told(5, status(503)), expected);
        let last = status(500).to_string();
        let paused = told(0, Trouble::Paused { failures: 10, seconds: 30, last });
        assert!(paused.contains("is not asked for 30 s, after 10 failed calls in a row; the last one answered 500"));
    }

    #[test]
    fn what_may_pass_is_told_from_what_will_not() {
        for again in [408, 409, 429, 500, 502, 503, 529] {
            assert!(status(again).passes() && !status(again).is_the_requests_own(), "{again}");
        }
        for never in [300, 308, 401, 402, 403, 404] {
            assert!(!status(never).passes() && !status(never).is_the_requests_own(), "{never}");
        }
        for own in [400, 405, 413, 422] {
            assert!(!status(own).passes() && status(own).is_the_requests_own(), "{own}");
        }
        assert!(Trouble::Broken(String::new()).passes() && !Trouble::Late { seconds: 1.0 }.passes());
    }
}
