//! What a template uses, read from its syntax tree without running it.

use std::collections::{BTreeSet, HashSet};

use minijinja::machinery::{
    Span,
    ast::{self, Call, CallArg, CallType, Expr, Stmt},
};

use crate::{name::Name, problem::did_you_mean};

use super::{
    assigned::{declared, targets},
    filters::{FILTERS, TESTS},
};

/// Names every template knows besides its inputs.
const FUNCTIONS: [&str; 6] = ["role", "policy", "messages", "range", "dict", "namespace"];

/// Functions whose meaning is ours: called with what stands written in the template, never passed on.
const OURS: [&str; 3] = ["role", "policy", "messages"];

/// A name at its byte offset in the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found<T> {
    /// What was found.
    pub(super) what: T,
    /// Where.
    pub(super) offset: usize,
}

/// Something the template may not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where.
    pub(super) offset: usize,
    /// The kind of problem.
    pub(super) code: &'static str,
    /// One line.
    pub(super) message: String,
    /// What to do.
    pub(super) next: Option<String>,
}

/// All that one template uses, in the order in which it stands.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Fragments.
    pub(super) includes: Vec<Found<Name>>,
    /// Policies placed as prose.
    pub(super) policies: Vec<Found<Name>>,
    /// Variables that the template does not set itself.
    pub(super) variables: Vec<Found<String>>,
    /// What it may not do.
    pub(super) faults: Vec<Fault>,
}

/// Reads a template.
///
/// `inputs` are the names the caller gives; they hide functions of the same name. A name that is set
/// anywhere in a scope counts as set in all of it: what is used too early is found when it runs.
pub(super) fn template(tree: &Stmt<'_>, inputs: &BTreeSet<&str>) -> Scan {
    let mut scanner = Scanner { inputs, functions: &FUNCTIONS, scopes: Vec::new(), scan: Scan::default() };
    for name in OURS.iter().filter(|name| **name != "messages" && inputs.contains(**name)) {
        scanner.fault(
            0,
            "reserved-name",
            format!("an input cannot be called `{name}`: a function has that name"),
            None,
        );
    }
    if let Stmt::Template(template) = tree {
        scanner.block(&template.children, &[]);
    }
    scanner.scan
}

/// Reads an expression whose only names are `inputs`.
pub(super) fn expression(tree: &Expr<'_>, inputs: &BTreeSet<&str>) -> Scan {
    let functions = &["range", "dict"];
    let mut scanner = Scanner { inputs, functions, scopes: Vec::new(), scan: Scan::default() };
    scanner.expression(tree);
    scanner.scan
}

struct Scanner<'s, 'a> {
    inputs: &'s BTreeSet<&'s str>,
    functions: &'s [&'static str],
    scopes: Vec<HashSet<&'a str>>,
    scan: Scan,
}

impl<'a> Scanner<'_, 'a> {
    fn fault(&mut self, offset: usize, code: &'static str, message: String, next: Option<String>) {
        self.scan.faults.push(Fault { offset, code, message, next });
    }

    fn refuse(&mut self, span: Span, what: &str, next: &str) {
        self.fault(at(span), "not-offered", format!("`{what}` is not offered in prompts"), Some(next.to_owned()));
    }

    /// A block with names of its own.
    fn block(&mut self, body: &[Stmt<'a>], names: &[&'a str]) {
        let mut scope: HashSet<&'a str> = names.iter().copied().collect();
        declared(body, &mut scope);
        self.scopes.push(scope);
        for statement in body {
            self.statement(statement);
        }
        self.scopes.pop();
    }

    /// A block in the scope around it.
    fn same_scope(&mut self, body: &[Stmt<'a>]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt<'a>) {
        match statement {
            Stmt::Template(template) => self.same_scope(&template.children),
            Stmt::EmitExpr(emit) => self.expression(&emit.expr),
            Stmt::EmitRaw(_) | Stmt::Continue(_) | Stmt::Break(_) => {}
            Stmt::ForLoop(each) => self.for_loop(each),
            Stmt::IfCond(condition) => {
                self.expression(&condition.expr);
                self.same_scope(&condition.true_body);
                self.same_scope(&condition.false_body);
            }
            Stmt::WithBlock(with) => {
                let mut names = Vec::new();
                for (target, value) in &with.assignments {
                    self.expression(value);
                    self.target(target);
                    targets(target, &mut names);
                }
                self.block(&with.body, &names);
            }
            Stmt::Set(set) => {
                self.target(&set.target);
                self.expression(&set.expr);
            }
            Stmt::SetBlock(set) => {
                self.target(&set.target);
                self.optional(set.filter.as_ref());
                self.block(&set.body, &[]);
            }
            Stmt::FilterBlock(block) => {
                self.expression(&block.filter);
                self.same_scope(&block.body);
            }
            Stmt::Macro(definition) => self.definition(definition),
            Stmt::CallBlock(call) => {
                self.call(&call.call, call.call.span());
                self.definition(&call.macro_decl);
            }
            Stmt::Do(statement) => self.call(&statement.call, statement.call.span()),
            Stmt::Include(include) => self.include(include, include.span()),
            Stmt::AutoEscape(s) => self.refuse(s.span(), "autoescape", "remove it: prompts are never escaped"),
            Stmt::Block(s) => self.refuse(s.span(), "block", "write the text here, or include a fragment"),
            Stmt::Extends(s) => self.refuse(s.span(), "extends", "include fragments instead"),
            Stmt::Import(s) => self.refuse(s.span(), "import", "include a fragment, or define the macro here"),
            Stmt::FromImport(s) => self.refuse(s.span(), "from", "include a fragment, or define the macro here"),
        }
    }

    fn for_loop(&mut self, each: &ast::ForLoop<'a>) {
        self.expression(&each.iter);
        self.target(&each.target);
        let mut names = vec!["loop"];
        targets(&each.target, &mut names);
        self.scopes.push(names.iter().copied().collect());
        self.optional(each.filter_expr.as_ref());
        self.scopes.pop();
        self.block(&each.body, &names);
        self.block(&each.else_body, &[]);
    }

    fn definition(&mut self, definition: &ast::Macro<'a>) {
        for default in &definition.defaults {
            self.expression(default);
        }
        let mut names = vec!["caller"];
        for argument in &definition.args {
            self.target(argument);
            targets(argument, &mut names);
        }
        self.block(&definition.body, &names);
    }

    /// Something that is set: our own functions cannot be.
    fn target(&mut self, target: &Expr<'a>) {
        let mut names = Vec::new();
        targets(target, &mut names);
        for name in names.into_iter().filter(|name| matches!(*name, "role" | "policy")) {
            let message = format!("`{name}` cannot be set: a function has that name");
            self.fault(at(target.span()), "reserved-name", message, None);
        }
        if let Expr::GetAttr(attribute) = target {
            self.expression(&attribute.expr);
        }
    }

    fn include(&mut self, include: &ast::Include<'a>, span: Span) {
        if include.ignore_missing {
            self.refuse(
                span,
                "ignore missing",
                "include a fragment that is there: what is missing cannot be versioned",
            );
        }
        match literal(&include.name) {
            Some(text) => match Name::parse(&fragment_name(&text)) {
                Ok(name) => self.scan.includes.push(Found { what: name, offset: at(include.name.span()) }),
                Err(bad) => self.fault(at(include.name.span()), "bad-name", bad.to_string(), None),
            },
            None => self.dynamic(include.name.span(), "include"),
        }
    }

    fn dynamic(&mut self, span: Span, what: &str) {
        let message = format!("the name in `{what}` must be written out: a name made at run time cannot be versioned");
        self.fault(at(span), "dynamic-name", message, Some(format!("write one string after `{what}`")));
    }

    fn optional(&mut self, expression: Option<&Expr<'a>>) {
        if let Some(expression) = expression {
            self.expression(expression);
        }
    }

    fn expression(&mut self, expression: &Expr<'a>) {
        match expression {
            Expr::Var(variable) => self.variable(variable.id, variable.span()),
            Expr::Const(_) => {}
            Expr::Slice(slice) => {
                self.expression(&slice.expr);
                for part in [&slice.start, &slice.stop, &slice.step] {
                    self.optional(part.as_ref());
                }
            }
            Expr::UnaryOp(op) => self.expression(&op.expr),
            Expr::BinOp(op) => {
                self.expression(&op.left);
                self.expression(&op.right);
            }
            Expr::Compare(compare) => {
                self.expression(&compare.expr);
                compare.ops.iter().for_each(|op| self.expression(&op.expr));
            }
            Expr::IfExpr(choice) => {
                self.expression(&choice.test_expr);
                self.expression(&choice.true_expr);
                self.optional(choice.false_expr.as_ref());
            }
            Expr::Filter(filter) => {
                self.known(filter.span(), "filter", filter.name, &FILTERS);
                self.optional(filter.expr.as_ref());
                self.arguments(&filter.args);
            }
            Expr::Test(test) => {
                self.known(test.span(), "test", test.name, &TESTS);
                self.expression(&test.expr);
                self.arguments(&test.args);
            }
            Expr::GetAttr(get) => self.expression(&get.expr),
            Expr::GetItem(get) => {
                self.expression(&get.expr);
                self.expression(&get.subscript_expr);
            }
            Expr::Call(call) => self.call(call, call.span()),
            Expr::List(list) => list.items.iter().for_each(|item| self.expression(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.expression(item)),
            Expr::Map(map) => map.keys.iter().chain(&map.values).for_each(|item| self.expression(item)),
        }
    }

    fn known(&mut self, span: Span, what: &str, name: &str, all: &[&'static str]) {
        if !all.contains(&name) {
            let next = did_you_mean(name, all.iter().copied());
            self.fault(at(span), "unknown-operation", format!("there is no {what} `{name}`"), next);
        }
    }

    fn arguments(&mut self, arguments: &[CallArg<'a>]) {
        for argument in arguments {
            match argument {
                CallArg::Pos(value)
                | CallArg::Kwarg(_, value)
                | CallArg::PosSplat(value)
                | CallArg::KwargSplat(value) => self.expression(value),
            }
        }
    }

    fn is_set(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.contains(name))
    }

    fn variable(&mut self, name: &'a str, span: Span) {
        if self.is_set(name) {
            return;
        }
        if !self.inputs.contains(name) && self.functions.contains(&name) {
            if OURS.contains(&name) {
                let message = format!("`{name}` can only be called");
                self.fault(at(span), "reserved-name", message, Some(format!("write `{name}(…)`")));
            }
            return;
        }
        self.scan.variables.push(Found { what: name.to_owned(), offset: at(span) });
    }

    fn call(&mut self, call: &Call<'a>, span: Span) {
        match call.identify_call() {
            CallType::Function(name) if OURS.contains(&name) && self.is_function(name) => {
                self.our_call(name, call, span);
            }
            CallType::Function("messages") if self.inputs.contains("messages") => {
                let message = "`messages` is an input here, which hides the function of that name".to_owned();
                self.fault(at(span), "reserved-name", message, Some("give the input another name".to_owned()));
            }
            _ => {
                self.expression(&call.expr);
                self.arguments(&call.args);
            }
        }
    }

    fn is_function(&self, name: &str) -> bool {
        self.functions.contains(&name) && !self.is_set(name) && !self.inputs.contains(name)
    }

    fn our_call(&mut self, name: &str, call: &Call<'a>, span: Span) {
        let [CallArg::Pos(argument)] = call.args.as_slice() else {
            let message = format!("`{name}` takes exactly one argument");
            return self.fault(at(span), "bad-call", message, None);
        };
        match (name, literal(argument)) {
            ("messages", None) => self.expression(argument),
            ("messages", Some(_)) => {
                self.fault(at(span), "bad-call", "`messages` takes a conversation, not a string".to_owned(), None);
            }
            (_, None) => self.dynamic(argument.span(), name),
            ("role", Some(word)) => self.role(&word, argument.span()),
            (_, Some(text)) => match Name::parse(&text) {
                Ok(policy) => self.scan.policies.push(Found { what: policy, offset: at(argument.span()) }),
                Err(bad) => self.fault(at(argument.span()), "bad-name", bad.to_string(), None),
            },
        }
    }

    fn role(&mut self, word: &str, span: Span) {
        const ROLES: [&str; 4] = ["system", "user", "assistant", "tool"];
        if !ROLES.contains(&word) {
            let message = format!("there is no role `{word}`: roles are system, user, assistant and tool");
            self.fault(at(span), "unknown-role", message, did_you_mean(word, ROLES));
        }
    }
}

/// A string written out in the template.
fn literal(expression: &Expr<'_>) -> Option<String> {
    match expression {
        Expr::Const(constant) => constant.value.as_str().map(str::to_owned),
        _ => None,
    }
}

/// `tone` and `_tone` both name the fragment `_tone`; `team/tone` names `team/_tone`.
pub(super) fn fragment_name(written: &str) -> String {
    let (folder, word) = written.rsplit_once('/').map_or(("", written), |(folder, word)| (folder, word));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}_{}", word.strip_prefix('_').unwrap_or(word))
}

fn at(span: Span) -> usize {
    span.start_offset as usize
}
