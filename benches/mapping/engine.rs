//! How does our engine run the workloads? One plan over bytes, into bytes, a draft, or a draft with its trace.

use std::borrow::Cow;
use std::collections::HashMap;

use crosswalk::evaluate::{Context, Draft, Item, Links, Trace, open};
use crosswalk::plan::Plan;
use crosswalk::value::{Record, Value};

/// Links in memory, as both engines know them.
#[derive(Default)]
pub(crate) struct Book(Vec<(&'static str, HashMap<String, String>)>);

impl Book {
    /// Links of one mapping.
    pub(crate) fn with(mut self, mapping: &'static str, pairs: &HashMap<u64, String>) -> Self {
        self.0.push((mapping, pairs.iter().map(|(id, key)| (id.to_string(), key.clone())).collect()));
        self
    }
}

impl Links for Book {
    fn other_side(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        let (_, links) = self.0.iter().find(|(name, _)| *name == mapping)?;
        links.get(*key.first()?).map(|key| Cow::Borrowed(key.as_str()))
    }
}

/// A plan with everything that it may know.
pub(crate) struct Engine {
    pub(crate) plan: Plan,
    pub(crate) settings: Value,
    pub(crate) project: Value,
    pub(crate) links: Book,
}

impl Engine {
    /// The bytes of one record as bytes for the target; nothing when the record is not offered.
    pub(crate) fn bytes(&self, body: &str, into: &mut String) {
        self.each(body, |item, context| item.bytes(context, into).expect("the drawn records can be mapped"));
    }

    /// The draft of one record.
    pub(crate) fn draft(&self, body: &str) -> Option<Draft> {
        let mut draft = None;
        self.each(body, |item, context| draft = Some(item.draft(context).expect("the drawn records can be mapped")));
        draft
    }

    /// The draft of one record with the way of every value.
    pub(crate) fn trace(&self, body: &str) -> Option<(Trace, Draft)> {
        let mut traced = None;
        self.each(body, |item, context| {
            let (trace, draft) = item.trace(context);
            traced = Some((trace, draft.expect("the drawn records can be mapped")));
        });
        traced
    }

    fn each(&self, body: &str, mut act: impl FnMut(&Item<'_, '_, '_>, &Context<'_>)) {
        let ask = Value::Record(Record::new());
        let today = jiff::civil::date(2026, 3, 31);
        let context =
            Context { settings: &self.settings, ask: &ask, target: &Value::Null, project: &self.project, links: &self.links, today };
        let opened = open(&self.plan, body).expect("the drawn records are JSON");
        for item in opened.items() {
            if item.offered(&context).expect("the condition can be computed") {
                act(&item, &context);
            }
        }
    }
}
