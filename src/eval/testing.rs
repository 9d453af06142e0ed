//! What tests of this room ask a model.

use serde_json::Map;

use crate::render::{Message, Request, Speaker};

/// A request of two messages.
pub(super) fn request(system: &str, user: &str) -> Request {
    let message = |role, content: &str| Message { role, content: content.to_owned() };
    Request {
        model: "m".to_owned(),
        messages: vec![message(Speaker::System, system), message(Speaker::User, user)],
        tools: Vec::new(),
        params: Map::new(),
    }
}
