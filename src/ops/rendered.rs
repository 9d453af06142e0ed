//! What a model would get for one golden case on both sides of a comparison.

use serde_json::{Map, Value};

use super::{
    Failure, Revision, World,
    diff::{Difference, Sides},
    parts::gather,
    render::{case_variables, unrendered},
    resolve::Names,
    stage::Stage,
    standing::Standing,
};
use crate::{
    name::{Artifact, Kind},
    object::VersionId,
    ops::changes::{Look, texts},
    render,
    workspace::Found,
};

/// The rendered requests of both sides, compared; `None` when a model would get the same.
///
/// # Errors
///
/// That no prompt is named, that neither side knows the case, or that one of them does not render.
pub(super) fn compare(
    world: &World,
    standing: &Standing<'_>,
    found: &Found,
    sides: &Sides,
    case: &str,
) -> Result<Option<Difference>, Failure> {
    let names = Names::with(standing, found);
    let (old, new) = match sides {
        Sides::All => {
            return Err(Failure::usage("`--rendered` compares one prompt, and none is named")
                .run(format!("chancery diff PROMPT --rendered {case:?}")));
        }
        Sides::ToFile(spec) => {
            let prompt = prompt(names.one(spec)?)?;
            let old = if spec.revision == Revision::Default { Revision::Head } else { spec.revision.clone() };
            ((prompt.clone(), old), (prompt, Revision::Work))
        }
        Sides::Between(old, new) => {
            ((prompt(names.one(old)?)?, old.revision.clone()), (prompt(names.one(new)?)?, new.revision.clone()))
        }
    };
    let old = Stand::new(world, standing, old)?;
    let new = Stand::new(world, standing, new)?;
    // A case that only one side has says as much about the other.
    let variables = new.variables(case).or_else(|failure| old.variables(case).map_err(|_| failure))?;
    let ((from, before), (to, after)) = (old.text(&variables)?, new.text(&variables)?);
    if before == after {
        return Ok(None);
    }
    let change = texts(format!("case {case}"), &before, &after, Look::Lines);
    let label = |side: &Stand<'_>| -> Result<String, Failure> {
        if old.prompt == new.prompt {
            return Ok(side.label());
        }
        Ok(format!("{} {}", names.label(&side.prompt)?, side.label()))
    };
    Ok(Some(Difference {
        artifact: names.label(&new.prompt)?,
        kind: Kind::Prompt,
        from,
        to,
        from_label: label(&old)?,
        to_label: new.label(),
        class: change.class,
        insertions: change.insertions,
        deletions: change.deletions,
        changes: vec![change],
    }))
}

fn prompt(artifact: Artifact) -> Result<Artifact, Failure> {
    if artifact.kind == Kind::Prompt {
        return Ok(artifact);
    }
    let message = format!("`{}` is a {}, and only prompts are rendered", artifact.name, artifact.kind);
    Err(Failure::cannot("not-a-prompt", message).run(format!("chancery impact {artifact}")))
}

/// One side: a prompt where its names are looked up.
struct Stand<'a> {
    prompt: Artifact,
    revision: Revision,
    stage: Stage<'a>,
}

impl<'a> Stand<'a> {
    fn new(
        world: &'a World,
        standing: &'a Standing<'a>,
        (prompt, revision): (Artifact, Revision),
    ) -> Result<Self, Failure> {
        let stage = Stage::at(world, standing, &prompt, &revision)?;
        Ok(Self { prompt, revision, stage })
    }

    fn variables(&self, case: &str) -> Result<Map<String, Value>, Failure> {
        case_variables(&self.stage, &self.prompt.name, case)
    }

    /// The prompt's version and the request for reading.
    fn text(&self, variables: &Map<String, Value>) -> Result<(Option<VersionId>, String), Failure> {
        let whole = gather(&self.stage, &self.prompt.name)?;
        let request = render::render(&whole.parts, variables).map_err(|error| unrendered(&self.prompt.name, error))?;
        let key = self.prompt.key();
        let member = whole.bundle.members.iter().find(|member| member.artifact.key() == key);
        Ok((member.map(|member| member.version), request.text()))
    }

    fn label(&self) -> String {
        match self.revision {
            Revision::Default | Revision::Work => "file".to_owned(),
            ref revision => revision.to_string(),
        }
    }
}
