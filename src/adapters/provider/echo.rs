//! The last user message, verbatim: for testing prompts and cases without a model.

use crate::{
    eval::{Answer, Provider, ProviderError, Reply, ReplySource},
    render::{Request, Speaker},
};

/// Answers with the last user message, or with nothing where no user speaks. Costs nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Echo;

impl Provider for Echo {
    fn complete(&self, request: &Request, _sample: u32) -> Result<Answer, ProviderError> {
        let last = request.messages.iter().rfind(|message| message.role == Speaker::User);
        let reply = Reply::text(last.map(|message| message.content.clone()).unwrap_or_default());
        Ok(Answer { reply, source: ReplySource::Live, latency_ms: Some(0) })
    }
}
