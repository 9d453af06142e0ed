//! The two faces of an outcome.

use serde_json::{Map, Value};

use crate::{
    ops::{Answer, Exit, Failure},
    ui::{Page, safe_document},
};

/// The human face of an answer. Each verb's file gives its outcome one.
pub(super) trait Face: Answer {
    /// Writes the answer, and what is said on the side.
    fn page(&self, page: &mut Page);
}

/// Both faces, whatever the verb.
pub(super) trait Faces {
    /// How the program ends.
    fn exit(&self) -> Exit;
    /// The JSON document, its schema first.
    fn document(&self) -> Result<Value, Failure>;
    /// The page.
    fn page(&self, page: &mut Page);
}

impl<T: Face> Faces for T {
    fn exit(&self) -> Exit {
        Answer::exit(self)
    }

    fn document(&self) -> Result<Value, Failure> {
        let fields = match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(Failure::bug(format!("`{}` is not an object", T::SCHEMA))),
            Err(error) => return Err(Failure::bug(format!("`{}` has no JSON form: {error}", T::SCHEMA))),
        };
        let mut document = Map::new();
        document.insert("schema".to_owned(), T::SCHEMA.into());
        document.extend(fields);
        let document = Value::Object(document);
        Ok(if T::SERVES { document } else { safe_document(document) })
    }

    fn page(&self, page: &mut Page) {
        Face::page(self, page);
    }
}

/// What any verb comes to.
pub(super) type Outcome = Result<Box<dyn Faces>, Failure>;

/// Forgets which verb it was.
pub(super) fn shown<T: Face + 'static>(outcome: Result<T, Failure>) -> Outcome {
    outcome.map(|answer| Box::new(answer) as Box<dyn Faces>)
}
