//! A template as the engine runs it: the author's, with every operation that makes a value grow handed to ours.
//!
//! The engine's fuel counts steps, and a step of `x ~ x` may copy megabytes. So `a ~ b` becomes
//! `(a)|__joined(b)`, and the same for `+` and `*`; what is compared, sliced, called or put into a list is passed
//! through a filter that weighs it. The rewriting follows the parsed tree, keeps every line where it is, and knows for
//! each position which part of the author's text it stands for.

mod places;

use std::ops::Range;

use minijinja::machinery::{
    self,
    ast::{BinOpKind, CallArg, CallType, Expr, ForLoop, Macro, Stmt},
};

use self::places::{Kind, Places, range};
use super::{
    operators::{CAPTURED, JOINED, PRODUCT, SOLID, SUM, WEIGHED},
    text::syntax,
};

/// A template or an expression, rewritten.
#[derive(Debug, Default)]
pub(super) struct Guarded {
    /// What the engine runs.
    pub(super) text: String,
    edits: Vec<Edit>,
}

/// One change of the author's text.
#[derive(Debug)]
struct Edit {
    at: usize,
    removed: usize,
    text: String,
    /// The author's text that a filter written here stands for.
    owner: Range<usize>,
}

impl Guarded {
    /// Rewrites a template; `captured` where all it puts out may go into a capture. What does not parse stays as it
    /// is: the engine names the fault.
    pub(super) fn template(source: &str, captured: bool) -> Self {
        let mut guard = Guard::new(source, false, captured);
        if let Ok(Stmt::Template(template)) = machinery::parse(source, "", syntax()) {
            guard.block(&template.children);
        }
        guard.done()
    }

    /// Rewrites a lone expression.
    pub(super) fn expression(source: &str) -> Self {
        let mut guard = Guard::new(source, true, false);
        if let Ok(tree) = machinery::parse_expr(source) {
            guard.expression(&tree);
        }
        guard.done()
    }

    /// The author's text that stands for a range of what the engine ran.
    pub(super) fn original(&self, range: &Range<usize>) -> Range<usize> {
        self.owner(range.start).unwrap_or_else(|| self.place(range.start)..self.place(range.end))
    }

    /// Where a position of the rewritten text stands in the author's.
    fn place(&self, position: usize) -> usize {
        let mut shift = 0_isize;
        for edit in &self.edits {
            let start = edit.at.saturating_add_signed(shift);
            if position < start {
                break;
            }
            if position < start + edit.text.len() {
                return edit.at;
            }
            shift += edit.text.len().cast_signed() - edit.removed.cast_signed();
        }
        position.saturating_add_signed(-shift)
    }

    /// What a filter of ours at this position stands for.
    fn owner(&self, position: usize) -> Option<Range<usize>> {
        let mut shift = 0_isize;
        for edit in &self.edits {
            let start = edit.at.saturating_add_signed(shift);
            if let Some(within) = position.checked_sub(start)
                && edit.text.get(within..).is_some_and(|rest| rest.starts_with("__"))
            {
                return Some(edit.owner.clone());
            }
            shift += edit.text.len().cast_signed() - edit.removed.cast_signed();
        }
        None
    }
}

/// The walk over the tree.
struct Guard<'s> {
    source: &'s str,
    places: Places,
    edits: Vec<Edit>,
    captured: bool,
}

impl<'s> Guard<'s> {
    fn new(source: &'s str, is_expression: bool, captured: bool) -> Self {
        Self { source, places: Places::of(source, is_expression), edits: Vec::new(), captured }
    }

    fn done(mut self) -> Guarded {
        // Of edits at one place the inner come first: they were found first.
        self.edits.sort_by_key(|edit| edit.at);
        let mut text = String::with_capacity(self.source.len() * 2);
        let mut from = 0;
        for edit in &self.edits {
            text.push_str(self.source.get(from..edit.at).unwrap_or_default());
            text.push_str(&edit.text);
            from = edit.at + edit.removed;
        }
        text.push_str(self.source.get(from..).unwrap_or_default());
        Guarded { text, edits: self.edits }
    }

    fn insert(&mut self, at: usize, text: impl Into<String>, owner: &Range<usize>) {
        self.edits.push(Edit { at, removed: 0, text: text.into(), owner: owner.clone() });
    }

    fn block(&mut self, body: &[Stmt<'_>]) {
        for statement in body {
            self.statement(statement);
        }
    }

    /// A block whose text goes into a value.
    fn capture(&mut self, body: &[Stmt<'_>]) {
        let outside = std::mem::replace(&mut self.captured, true);
        self.block(body);
        self.captured = outside;
    }

    fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => self.block(&template.children),
            Stmt::EmitExpr(emit) => match &emit.expr {
                // What a call gives is put out at once: nobody holds it.
                Expr::Call(call) if matches!(call.identify_call(), CallType::Function(_)) => {
                    self.arguments(&call.args);
                }
                other => self.expression(other),
            },
            Stmt::ForLoop(each) => self.for_loop(each),
            Stmt::IfCond(condition) => {
                self.expression(&condition.expr);
                self.block(&condition.true_body);
                self.block(&condition.false_body);
            }
            Stmt::WithBlock(with) => {
                with.assignments.iter().for_each(|(_, value)| self.expression(value));
                self.block(&with.body);
            }
            Stmt::Set(set) => {
                self.expression(&set.expr);
                // Namespaces in namespaces are a chain, and what an operator made was weighed.
                if matches!(set.target, Expr::GetAttr(_)) && !is_grown(&set.expr) {
                    self.weigh(&set.expr);
                }
            }
            Stmt::SetBlock(set) => {
                set.filter.iter().for_each(|filter| self.expression(filter));
                self.capture(&set.body);
            }
            Stmt::FilterBlock(block) => {
                self.expression(&block.filter);
                self.capture(&block.body);
            }
            Stmt::Macro(definition) => self.definition(definition),
            Stmt::CallBlock(call) => {
                self.expression(&call.call.expr);
                self.arguments(&call.call.args);
                self.definition(&call.macro_decl);
            }
            Stmt::Do(statement) => self.arguments(&statement.call.args),
            // Inheritance, imports and escaping are refused before anything runs.
            _ => {}
        }
    }

    fn definition(&mut self, definition: &Macro<'_>) {
        definition.defaults.iter().for_each(|default| self.expression(default));
        self.capture(&definition.body);
    }

    fn for_loop(&mut self, each: &ForLoop<'_>) {
        self.expression(&each.iter);
        each.filter_expr.iter().for_each(|filter| self.expression(filter));
        let bytes = plain(&each.body);
        if self.captured && bytes > 0 {
            let from = range(each.filter_expr.as_ref().unwrap_or(&each.iter)).end;
            let end = self.places.next(Kind::BlockEnd, from);
            let tag = end.and_then(|end| Some((end.start, self.source.get(end.start..)?.find("%}")? + 2)));
            if let Some((start, length)) = tag {
                let trims = self.source.get(start..).is_some_and(|tag| tag.starts_with('-'));
                let close = if trims { "-}}" } else { "}}" };
                self.insert(start + length, format!("{{{{ {bytes}|{CAPTURED} {close}"), &(start..start + length));
            }
        }
        self.block(&each.body);
        self.block(&each.else_body);
    }

    fn arguments(&mut self, arguments: &[CallArg<'_>]) {
        for argument in arguments {
            match argument {
                CallArg::Pos(value)
                | CallArg::Kwarg(_, value)
                | CallArg::PosSplat(value)
                | CallArg::KwargSplat(value) => self.expression(value),
            }
        }
    }

    /// What a loop compares with what it was given before.
    fn compared(&mut self, arguments: &[CallArg<'_>]) {
        for argument in arguments {
            if let CallArg::Pos(value) | CallArg::PosSplat(value) = argument {
                self.weigh(value);
            }
        }
    }

    /// Children first, so that of two edits at one place the inner comes first.
    fn expression(&mut self, expression: &Expr<'_>) {
        match expression {
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::Slice(slice) => {
                self.expression(&slice.expr);
                [&slice.start, &slice.stop, &slice.step].into_iter().flatten().for_each(|part| self.expression(part));
                self.wrap(&slice.expr, SOLID);
                self.wrap(expression, WEIGHED);
            }
            Expr::UnaryOp(op) => self.expression(&op.expr),
            Expr::BinOp(op) => {
                self.expression(&op.left);
                self.expression(&op.right);
                self.operator(expression, op.op, &op.left, &op.right);
            }
            Expr::Compare(compare) => {
                self.expression(&compare.expr);
                self.weigh(&compare.expr);
                for op in &compare.ops {
                    self.expression(&op.expr);
                    self.weigh(&op.expr);
                }
            }
            Expr::IfExpr(choice) => {
                self.expression(&choice.true_expr);
                self.expression(&choice.test_expr);
                choice.false_expr.iter().for_each(|other| self.expression(other));
            }
            Expr::Filter(filter) => {
                filter.expr.iter().for_each(|value| self.expression(value));
                self.arguments(&filter.args);
            }
            Expr::Test(test) => {
                self.expression(&test.expr);
                self.arguments(&test.args);
            }
            Expr::GetAttr(get) => self.expression(&get.expr),
            Expr::GetItem(get) => {
                self.expression(&get.expr);
                self.expression(&get.subscript_expr);
                self.weigh(&get.subscript_expr);
            }
            Expr::Call(call) => {
                self.expression(&call.expr);
                self.arguments(&call.args);
                if let CallType::Method(_, "changed") = call.identify_call() {
                    self.compared(&call.args);
                }
                // Methods are weighed where they are carried out; a loop calls itself by name only.
                if !matches!(call.identify_call(), CallType::Method(..) | CallType::Function("loop")) {
                    self.wrap(expression, WEIGHED);
                }
            }
            Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) => {
                self.items(expression);
                if !is_constant(expression) {
                    self.wrap(expression, WEIGHED);
                }
            }
        }
    }

    /// What stands in a literal; one in another is weighed with it.
    fn items(&mut self, expression: &Expr<'_>) {
        match expression {
            Expr::List(list) => list.items.iter().for_each(|item| self.items(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.items(item)),
            Expr::Map(map) => {
                for key in &map.keys {
                    self.expression(key);
                    self.weigh(key);
                }
                map.values.iter().for_each(|value| self.items(value));
            }
            other => self.expression(other),
        }
    }

    fn operator(&mut self, whole: &Expr<'_>, op: BinOpKind, left: &Expr<'_>, right: &Expr<'_>) {
        match op {
            BinOpKind::Concat => self.grow(whole, left, Kind::Tilde, JOINED),
            BinOpKind::Add => self.grow(whole, left, Kind::Plus, SUM),
            BinOpKind::Mul => self.grow(whole, left, Kind::Times, PRODUCT),
            // What is equal to a constant, or less, is found at its first part.
            BinOpKind::Eq | BinOpKind::Ne | BinOpKind::Lt | BinOpKind::Lte | BinOpKind::Gt | BinOpKind::Gte
                if !is_constant(left) && !is_constant(right) =>
            {
                self.weigh(left);
                self.weigh(right);
            }
            // A constant is looked for part by part; anything else may be written out to be looked for.
            BinOpKind::In if !is_constant(left) => {
                self.weigh(left);
                self.weigh(right);
            }
            _ => {}
        }
    }

    /// `left ~ right` becomes `(left)|name(right)`; of a chain only the first is put into brackets.
    fn grow(&mut self, whole: &Expr<'_>, left: &Expr<'_>, kind: Kind, name: &str) {
        let (owner, start) = (range(whole), self.places.start(whole));
        let from = range(left).end;
        let Some(sign) = self.places.next(kind, from) else { return };
        let bracket = if is_grown(left) && self.places.start(left) == start { "" } else { ")" };
        if !bracket.is_empty() {
            self.insert(start, "(", &owner);
        }
        let text = format!("{bracket}|{name}(");
        self.edits.push(Edit { at: sign.start, removed: sign.len(), text, owner: owner.clone() });
        self.insert(owner.end, ")", &owner);
    }

    /// Weighs what is held elsewhere already and may have grown by that.
    fn weigh(&mut self, expression: &Expr<'_>) {
        let may_be_large = match expression {
            Expr::Var(_) | Expr::GetAttr(_) | Expr::GetItem(_) | Expr::IfExpr(_) => true,
            Expr::BinOp(op) => matches!(op.op, BinOpKind::Add | BinOpKind::ScAnd | BinOpKind::ScOr),
            _ => false,
        };
        if may_be_large {
            self.wrap(expression, WEIGHED);
        }
    }

    fn wrap(&mut self, expression: &Expr<'_>, name: &str) {
        let (owner, start) = (range(expression), self.places.start(expression));
        self.insert(start, "((", &owner);
        self.insert(owner.end, format!(")|{name})"), &owner);
    }
}

/// Whether an operator of ours takes the place of this one.
fn is_grown(expression: &Expr<'_>) -> bool {
    matches!(expression, Expr::BinOp(op) if matches!(op.op, BinOpKind::Concat | BinOpKind::Add | BinOpKind::Mul))
}

/// Whether a value stands written in the template.
fn is_constant(expression: &Expr<'_>) -> bool {
    match expression {
        Expr::Const(_) => true,
        Expr::List(list) => list.items.iter().all(is_constant),
        Expr::Tuple(tuple) => tuple.items.iter().all(is_constant),
        Expr::Map(map) => map.keys.iter().chain(&map.values).all(is_constant),
        Expr::UnaryOp(op) => is_constant(&op.expr),
        _ => false,
    }
}

/// Bytes of plain text in a body, without those of loops inside it.
fn plain(body: &[Stmt<'_>]) -> usize {
    let bytes = |statement: &Stmt<'_>| match statement {
        Stmt::EmitRaw(raw) => raw.raw.len(),
        Stmt::IfCond(condition) => plain(&condition.true_body) + plain(&condition.false_body),
        Stmt::WithBlock(with) => plain(&with.body),
        Stmt::SetBlock(set) => plain(&set.body),
        Stmt::FilterBlock(block) => plain(&block.body),
        _ => 0,
    };
    body.iter().map(bytes).sum()
}

#[cfg(test)]
mod tests;
