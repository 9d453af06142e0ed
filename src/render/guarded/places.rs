//! Where the parts of an expression begin: the tree knows where each ends, and brackets leave no trace in it.

use std::ops::Range;

use minijinja::machinery::{Token, ast::Expr, tokenize};

use super::syntax;

/// The tokens of a template, in order.
#[derive(Debug)]
pub(super) struct Places {
    marks: Vec<Mark>,
}

impl Places {
    /// The tokens of a text.
    pub(super) fn of(source: &str, is_expression: bool) -> Self {
        let mut marks: Vec<Mark> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for (token, span) in tokenize(source, is_expression, syntax()).map_while(Result::ok) {
            let place = span.start_offset as usize..span.end_offset as usize;
            let kind = match token {
                Token::ParenOpen => {
                    open.push(marks.len());
                    Kind::Open(usize::MAX)
                }
                Token::ParenClose => {
                    if let Some(mark) = open.pop().and_then(|at| marks.get_mut(at)) {
                        mark.kind = Kind::Open(place.end);
                    }
                    Kind::Other
                }
                Token::Tilde => Kind::Tilde,
                Token::Plus => Kind::Plus,
                Token::Mul => Kind::Times,
                Token::BlockEnd => Kind::BlockEnd,
                _ => Kind::Other,
            };
            marks.push(Mark { place, kind });
        }
        Self { marks }
    }

    /// The first token of a kind that does not begin before `from`.
    pub(super) fn next(&self, kind: Kind, from: usize) -> Option<Range<usize>> {
        let at = self.marks.partition_point(|mark| mark.place.start < from);
        self.marks.iter().skip(at).find(|mark| mark.kind == kind).map(|mark| mark.place.clone())
    }

    /// Where an expression begins, brackets around its first part included. The tree knows where each ends.
    pub(super) fn start(&self, expression: &Expr<'_>) -> usize {
        let Range { start, end } = range(expression);
        let first = match expression {
            Expr::Filter(filter) => filter.expr.as_ref(),
            Expr::Test(test) => Some(&test.expr),
            Expr::GetAttr(get) => Some(&get.expr),
            Expr::GetItem(get) => Some(&get.expr),
            Expr::Slice(slice) => Some(&slice.expr),
            Expr::Call(call) => Some(&call.expr),
            Expr::BinOp(op) => Some(&op.left),
            Expr::Compare(compare) => Some(&compare.expr),
            Expr::IfExpr(choice) => Some(&choice.true_expr),
            Expr::UnaryOp(op) => return start.min(self.outside(self.start(&op.expr), end)),
            Expr::Tuple(tuple) => {
                return tuple.items.first().map_or(start, |item| start.min(self.outside(self.start(item), end)));
            }
            _ => None,
        };
        first.map_or(start, |first| self.outside(self.start(first), end))
    }

    /// A beginning with the brackets before it that are closed before `end`.
    fn outside(&self, mut start: usize, end: usize) -> usize {
        let at = self.marks.partition_point(|mark| mark.place.start < start);
        for mark in self.marks.iter().take(at).rev() {
            match mark.kind {
                Kind::Open(close) if close <= end => start = mark.place.start,
                _ => break,
            }
        }
        start
    }
}

/// A token, as far as finding one's way between expressions needs it.
#[derive(Debug)]
struct Mark {
    place: Range<usize>,
    kind: Kind,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `(`, with the end of the `)` it belongs to.
    Open(usize),
    /// `~`.
    Tilde,
    /// `+`.
    Plus,
    /// `*`.
    Times,
    /// `%}`.
    BlockEnd,
    /// Anything else.
    Other,
}

/// The bytes the tree says an expression takes up: the end is right, the beginning may be that of a part.
pub(super) fn range(expression: &Expr<'_>) -> Range<usize> {
    let span = expression.span();
    span.start_offset as usize..span.end_offset as usize
}
