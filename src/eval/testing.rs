//! What tests of this room ask a model.

use serde_json::Map;

use crate::render::{Message, Request, Speaker};

/// A request of two messages.
pub(super) fn request(system: &str, user: &str) -> Request {
    Request {
        model: "m".to_owned(),
        messages: vec![Message::new(Speaker::System, system), Message::new(Speaker::User, user)],
        tools: Vec::new(),
        params: Map::new(),
    }
}
