//! `policies/NAME.{md,cedar,rego}`: prose that prompts include, or rules that code enforces.

/// How a policy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyLanguage {
    /// Markdown or plain text; prompts may include it.
    Prose,
    /// Cedar; versioned as bytes, never included as prose.
    Cedar,
    /// Rego; versioned as bytes, never included as prose.
    Rego,
}

/// A policy as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How it is written.
    pub language: PolicyLanguage,
    /// The text.
    pub text: String,
}
