//! How does `vrl` run the workloads? A program for each, compiled once; links are asked of a function, as an enrichment table would be.

use std::collections::HashMap;
use std::sync::Arc;

use vrl::compiler::prelude::*;
use vrl::compiler::state::RuntimeState;
use vrl::compiler::{Program, TargetValue};
use vrl::value::Secrets;

use crate::wire::Refused;

/// Links and tables, by mapping and by key.
pub(crate) type Tables = HashMap<String, HashMap<String, String>>;

/// A compiled program.
pub(crate) struct Peer(Program);

impl Peer {
    pub(crate) fn new(program: &str, tables: Tables) -> Self {
        let mut functions = vrl::stdlib::all();
        functions.push(Box::new(Linked(Arc::new(tables))));
        let compiled = vrl::compiler::compile(program, &functions);
        Self(compiled.unwrap_or_else(|problems| panic!("the program compiles: {problems:?}")).program)
    }

    pub(crate) fn bytes(&self, body: &str, into: &mut Vec<u8>) -> Result<(), Refused> {
        let value: Value = serde_json::from_str(body)?;
        let mut target = TargetValue { value, metadata: Value::Object(ObjectMap::new()), secrets: Secrets::default() };
        let (mut state, zone) = (RuntimeState::default(), TimeZone::default());
        let made = self.0.resolve(&mut Context::new(&mut target, &mut state, &zone)).map_err(|problem| Refused(problem.to_string()))?;
        if made.is_null() { Ok(()) } else { Ok(serde_json::to_writer(into, &made)?) }
    }
}

/// `linked(mapping, key)`.
#[derive(Clone, Debug)]
struct Linked(Arc<Tables>);

impl Function for Linked {
    fn identifier(&self) -> &'static str {
        "linked"
    }

    fn usage(&self) -> &'static str {
        "The other side of a link."
    }

    fn category(&self) -> &'static str {
        "Enrichment"
    }

    fn return_kind(&self) -> u16 {
        kind::BYTES
    }

    fn examples(&self) -> &'static [Example] {
        &[]
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] =
            &[Parameter::required("mapping", kind::BYTES, "Whose links."), Parameter::required("key", kind::ANY, "The key.")];
        PARAMETERS
    }

    fn compile(&self, _: &TypeState, _: &mut FunctionCompileContext, arguments: ArgumentList) -> Compiled {
        Ok(LinkedCall { tables: Arc::clone(&self.0), mapping: arguments.required("mapping"), key: arguments.required("key") }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct LinkedCall {
    tables: Arc<Tables>,
    mapping: Box<dyn Expression>,
    key: Box<dyn Expression>,
}

impl FunctionExpression for LinkedCall {
    fn resolve(&self, context: &mut Context) -> Resolved {
        let (mapping, key) = (self.mapping.resolve(context)?, self.key.resolve(context)?);
        let key = match &key {
            Value::Integer(number) => number.to_string(),
            other => other.try_bytes_utf8_lossy()?.into_owned(),
        };
        let found = self.tables.get(&*mapping.try_bytes_utf8_lossy()?).and_then(|links| links.get(&key));
        found.map(|found| Value::from(found.as_str())).ok_or_else(|| format!("`{key}` is not linked").into())
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::bytes().fallible()
    }
}
