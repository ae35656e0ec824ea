//! How does `jaq` run the workloads? A program for each, compiled once; links are an object that the program sees as `$links`.

use std::collections::HashMap;

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars, data, unwrap_valr};
use jaq_json::{Val, read, write};

use crate::wire::Refused;

/// A compiled program.
pub(crate) struct Peer {
    filter: Filter<data::JustLut<Val>>,
    links: Val,
}

impl Peer {
    pub(crate) fn new(program: &str, tables: &HashMap<String, HashMap<String, String>>) -> Self {
        let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(defs).load(&arena, File { code: program, path: () }).unwrap_or_else(|problems| panic!("{problems:?}"));
        let compiler = Compiler::default().with_funs(functions).with_global_vars(["$links"]);
        let filter = compiler.compile(modules).unwrap_or_else(|problems| panic!("{problems:?}"));
        let links = serde_json::to_string(tables).expect("tables are JSON");
        let links = read::parse_single(links.as_bytes()).expect("tables are JSON");
        Self { filter, links }
    }

    pub(crate) fn bytes(&self, body: &str, into: &mut Vec<u8>) -> Result<(), Refused> {
        let record = read::parse_single(body.as_bytes()).map_err(|problem| Refused(problem.to_string()))?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.filter.lut, Vars::new([self.links.clone()]));
        for made in self.filter.id.run((context, record)).map(unwrap_valr) {
            let made = made.map_err(|problem| Refused(problem.to_string()))?;
            write::write(into, &write::Pp::default(), 0, &made).map_err(|problem| Refused(problem.to_string()))?;
        }
        Ok(())
    }
}
