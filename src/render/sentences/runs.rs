//! Runs of plain text: what may be cut without cutting a construct of the template.

use std::ops::Range;

use minijinja::machinery::ast::{CallType, Expr, Stmt};

/// Pieces of plain text with nothing but values between them.
pub(super) struct Runs<'s> {
    source: &'s str,
    /// The pieces of each run, in order.
    pub(super) found: Vec<Vec<Range<usize>>>,
}

impl<'s> Runs<'s> {
    /// None yet, of this body.
    pub(super) fn of(source: &'s str) -> Self {
        Self { source, found: Vec::new() }
    }

    /// Adds those of a block, and of the blocks inside it.
    pub(super) fn block(&mut self, body: &[Stmt<'_>]) {
        let mut run: Vec<Range<usize>> = Vec::new();
        for statement in body {
            match statement {
                Stmt::EmitRaw(raw) => {
                    let Some(place) = self.place(raw.raw) else { continue };
                    if run.last().is_some_and(|last| !self.joins(last.end..place.start)) {
                        self.found.push(std::mem::take(&mut run));
                    }
                    run.push(place);
                }
                Stmt::EmitExpr(emit) if !is_ours(&emit.expr) => {}
                other => {
                    self.found.push(std::mem::take(&mut run));
                    self.inside(other);
                }
            }
        }
        self.found.push(run);
    }

    fn inside(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::ForLoop(each) => {
                self.block(&each.body);
                self.block(&each.else_body);
            }
            Stmt::IfCond(condition) => {
                self.block(&condition.true_body);
                self.block(&condition.false_body);
            }
            Stmt::WithBlock(with) => self.block(&with.body),
            Stmt::SetBlock(set) => self.block(&set.body),
            Stmt::FilterBlock(block) => self.block(&block.body),
            Stmt::Macro(definition) => self.block(&definition.body),
            Stmt::CallBlock(call) => self.block(&call.macro_decl.body),
            _ => {}
        }
    }

    /// Where a piece of the source stands in it.
    fn place(&self, piece: &str) -> Option<Range<usize>> {
        let start = piece.as_ptr().addr().checked_sub(self.source.as_ptr().addr())?;
        let place = start..start.checked_add(piece.len())?;
        (!piece.is_empty() && self.source.get(place.clone()) == Some(piece)).then_some(place)
    }

    /// Whether nothing but values and comments stands there: of a block, such as `raw`, both ends must go or neither.
    fn joins(&self, gap: Range<usize>) -> bool {
        self.source.get(gap).is_some_and(|gap| !gap.contains("{%"))
    }
}

/// Whether an expression places something that is no part of a sentence.
fn is_ours(expression: &Expr<'_>) -> bool {
    let Expr::Call(call) = expression else { return false };
    matches!(call.identify_call(), CallType::Function("role" | "messages" | "policy"))
}
