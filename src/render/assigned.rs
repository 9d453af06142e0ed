//! Names that a template sets itself.

use std::collections::HashSet;

use minijinja::machinery::ast::{Expr, Stmt};

/// Names that statements of a block set in its own scope.
pub(super) fn declared<'a>(body: &[Stmt<'a>], names: &mut HashSet<&'a str>) {
    let mut found = Vec::new();
    for statement in body {
        match statement {
            Stmt::Set(set) => targets(&set.target, &mut found),
            Stmt::SetBlock(set) => targets(&set.target, &mut found),
            Stmt::Macro(definition) => found.push(definition.name),
            Stmt::IfCond(condition) => {
                declared(&condition.true_body, names);
                declared(&condition.false_body, names);
            }
            Stmt::FilterBlock(block) => declared(&block.body, names),
            _ => {}
        }
    }
    names.extend(found);
}

/// Names that an assignment sets; attributes of a namespace set none.
pub(super) fn targets<'a>(target: &Expr<'a>, names: &mut Vec<&'a str>) {
    match target {
        Expr::Var(variable) => names.push(variable.id),
        Expr::List(list) => list.items.iter().for_each(|item| targets(item, names)),
        Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| targets(item, names)),
        _ => {}
    }
}
