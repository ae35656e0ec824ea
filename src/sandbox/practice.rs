//! What to put into a settings file to use the sandbox, and into the files of secrets beside it.

use super::serve::Running;

/// The line by which a settings file for the sandbox is known.
pub const PRACTICE_SETTINGS: &str = "# Settings for the sandbox, which this program imitates both systems with.";

impl Running {
    /// A settings file for these systems; its secrets lie in [`secrets`](Self::secrets) beside it.
    pub fn settings_file(&self) -> String {
        let (procore, acumatica) = (&self.settings.procore, &self.settings.acumatica);
        format!(
            "{PRACTICE_SETTINGS}\n\
             procore:\n  \
               api_url: {url}\n  \
               login_url: {url}\n  \
               company_id: \"{company}\"\n  \
               client_id: {client}\n  \
               client_secret: file:procore.secret\n  \
               erp_platform: true\n  \
               settings:\n    \
                 standard_cost_code_list_id: {list}\n    \
                 budget_view_id: {view}\n\
             acumatica:\n  \
               url: {books}{site}\n  \
               tenant: {tenant}\n  \
               sign_in:\n    \
                 session: {{user: {user}, password: \"file:acumatica.secret\"}}\n\
             # This instance gives vendors, subcontracts and purchase orders their numbers; its template brings tasks, budget levels\n\
             # and change orders, and keeps revenue by task and cost code.\n\
             settings:\n  \
               numbering:\n    \
                 vendors: {{automatic: true}}\n    \
                 subcontracts: {{automatic: true}}\n    \
                 purchase_orders: {{automatic: true}}\n  \
               projects: {{template: BUILD}}\n  \
               budgets: {{changes: {changes}}}\n  \
               prime_contracts: {{cost_code: \"01-1000\"}}\n",
            url = self.procore_url,
            company = procore.company_id,
            client = procore.client_id,
            list = procore.standard_cost_code_list_id,
            view = procore.budget_view_id,
            changes = if procore.budget_changes { "budget_changes" } else { "budget_modifications" },
            books = self.acumatica_url,
            site = acumatica.site,
            tenant = acumatica.tenant,
            user = acumatica.user,
        )
    }

    /// File name and secret, for both systems. They open nothing but this sandbox.
    pub fn secrets(&self) -> [(&'static str, &str); 2] {
        [("procore.secret", &self.settings.procore.client_secret), ("acumatica.secret", &self.settings.acumatica.password)]
    }
}
