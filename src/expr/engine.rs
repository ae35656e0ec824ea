//! How does a text become an expression? Rhai parses it within limits; then it is lowered to our terms and checked.

use rhai::{Engine, OptimizationLevel};

use super::expression::Expression;
use super::lower::Lowering;
use super::problem::{ExprProblem, explain};
use super::script::{Names, Script};

/// Bytes of an expression's text. The longest in a shipped mapping has some 200.
pub(super) const MAX_TEXT: usize = 8_192;
/// Levels of nesting; each takes stack while parsing.
pub(super) const MAX_DEPTH: usize = 64;
pub(super) const MAX_CLOSURES: usize = 32;
pub(super) const MAX_LITERAL: usize = 1_024;

/// Compiles expressions. One for the process: it is shared by threads and remembers nothing.
pub struct Expressions {
    engine: Engine,
    /// The same grammar with statements, for what Rhai runs itself.
    scripts: Engine,
}

impl Expressions {
    /// An expression language with our functions and operators, and nothing else: no `eval`, no clock, no output.
    pub fn new() -> Self {
        Self { engine: parser(), scripts: with_statements() }
    }

    /// Compiles a text against the names of the variables that it may read.
    ///
    /// # Errors
    /// [`ExprProblem`] with the word at fault: what is no expression, an unknown name or function, a wrong number of arguments.
    pub fn compile(&self, text: &str, names: &[&str]) -> Result<Expression, ExprProblem> {
        if text.len() > MAX_TEXT {
            return Err(ExprProblem::new(format!("an expression has at most {MAX_TEXT} bytes"), first_character(text)));
        }
        if text.trim().is_empty() {
            return Err(ExprProblem::new("the expression is empty", 0..text.len()));
        }
        let lowered = self.engine.compile_expression(text).map_err(|error| explain(&error, text));
        match lowered.and_then(|tree| Lowering::new(text, names, &tree).whole(&tree)) {
            Ok(root) => Ok(Expression::new(text, names, root)),
            Err(problem) => self.script(text, names, problem),
        }
    }

    /// What is no expression of ours may be one that Rhai runs: with statements, or with one of its own functions.
    fn script(&self, text: &str, names: &[&str], problem: ExprProblem) -> Result<Expression, ExprProblem> {
        let Ok(tree) = self.scripts.compile(text) else { return Err(problem) };
        // Functions of the author's own are not among what runs; closures have made-up names.
        if tree.iter_fn_def().any(|function| !function.name.starts_with("anon$")) {
            return Err(problem);
        }
        let mut lowering = Lowering::new(text, names, &tree);
        lowering.script = Some(Names::default());
        let root = lowering.whole(&tree)?;
        let (own, kept) = lowering.script.take().unwrap_or_default().told();
        let Some(kept) = kept else { return Err(problem) };
        let all: Vec<String> = names.iter().map(ToString::to_string).chain(own).collect();
        let script = Script::new(text, (&all, names.len()), &root, kept)?;
        Ok(Expression::in_rhai(text, names, root, script))
    }

    /// The same expression as it runs in Rhai, whether it has to or not.
    #[cfg(test)]
    pub(super) fn compile_for_rhai(&self, text: &str, names: &[&str]) -> Result<Expression, ExprProblem> {
        let tree = self.engine.compile_expression(text).map_err(|error| explain(&error, text))?;
        let root = Lowering::new(text, names, &tree).whole(&tree)?;
        let all: Vec<String> = names.iter().map(ToString::to_string).collect();
        let kept = super::script::Kept { construct: "a test".to_owned(), at: 0..text.len() };
        let script = Script::new(text, (&all, names.len()), &root, kept)?;
        Ok(Expression::in_rhai(text, names, root, script))
    }
}

fn first_character(text: &str) -> std::ops::Range<usize> {
    0..text.chars().next().map_or(0, char::len_utf8)
}

impl Default for Expressions {
    fn default() -> Self {
        Self::new()
    }
}

/// Rhai as we use it: its grammar, without its library, its optimiser and its statements.
pub(super) fn parser() -> Engine {
    let mut engine = with_statements();
    engine.set_allow_looping(false).set_allow_statement_expression(false);
    engine
}

/// The same with its statements, for what Rhai is to run.
pub(super) fn with_statements() -> Engine {
    let mut engine = Engine::new_raw();
    engine
        // The optimiser folds with Rhai's own arithmetic, in which `1 / 3` is 0.
        .set_optimization_level(OptimizationLevel::None)
        .set_max_expr_depths(MAX_DEPTH, MAX_DEPTH)
        .set_max_functions(MAX_CLOSURES)
        .set_max_string_size(MAX_TEXT)
        .set_max_array_size(MAX_LITERAL)
        .set_max_map_size(MAX_LITERAL)
        // Names are checked while lowering: with the place of the word, the known names, and closures that see what is around them.
        .set_strict_variables(false);
    engine
}
