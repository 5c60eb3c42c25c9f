"""Rows of the policy table: cases, tasks, documents, comments, links, and who looked at what."""

from __future__ import annotations

from collections.abc import Mapping

from app.identity.policy_rule import (
    ACCESS_LOG_READERS,
    ASSIGNERS,
    CANCELLERS,
    CASE_READERS,
    CASE_STARTERS,
    COMMENTERS,
    DOCUMENT_CHANGERS,
    HANDERS_OVER,
    HISTORY_READERS,
    LINK_ISSUERS,
    MENDERS,
    MESSENGERS,
    PAPER_MAKERS,
    SIGNED_IN,
    WITHDRAWERS,
    Rule,
    by_link,
    case_row,
    document_row,
    public,
    task_row,
)
from app.identity.roles import EMPLOYEE, PROVIDER

CASES: Mapping[str, Rule] = {
    "cases_api.start_case": Rule(CASE_STARTERS, "own_organisation", "others propose to HR"),
    "cases_api.list_cases": Rule(CASE_READERS, "party_of_the_case", "an administrator sees no case content"),
    "cases_api.get_case": case_row(CASE_READERS, "fields hidden by sensitivity"),
    "cases_api.history": case_row(HISTORY_READERS, "payloads redacted by sensitivity"),
    "cases_api.verification": case_row(HISTORY_READERS, "whoever reads a history may prove it"),
    "cases_api.diagram": case_row(CASE_READERS, "where the case stands"),
    "cases_api.decisions": case_row(HISTORY_READERS, "inputs redacted by sensitivity"),
    "cases_api.send_message": case_row(MESSENGERS, "messages of the employment agency are recorded by these"),
    "cases_api.withdraw": case_row(WITHDRAWERS, "the coordinator on request of either side"),
}

LEAVING: Mapping[str, Rule] = {
    "leaving_api.cancel_provider": case_row(CANCELLERS | {PROVIDER}, "the chosen provider, or who heard of it"),
    "leaving_api.withdraw_participant": case_row(WITHDRAWERS, "employees only themselves"),
    "pages.cancel_provider": case_row(CANCELLERS | {PROVIDER}, "as leaving_api.cancel_provider"),
    "pages.withdraw_participant": case_row(WITHDRAWERS, "as leaving_api.withdraw_participant"),
}

INBOX: Mapping[str, Rule] = {
    "inbox_api.list_tasks": Rule(SIGNED_IN, "party_of_the_case", "mine, or with scope=visible all in sight"),
    "inbox_api.get_task": task_row(SIGNED_IN, "whoever may complete it or read its case"),
    "inbox_api.claim_task": task_row(SIGNED_IN, "the task's own role decides"),
    "inbox_api.release_task": task_row(SIGNED_IN, "the task's own role decides"),
    "inbox_api.assign_task": task_row(ASSIGNERS, "steering the work of others"),
    "inbox_api.save_draft": task_row(SIGNED_IN, "the task's own role decides"),
    "inbox_api.complete_task": task_row(SIGNED_IN, "the task's own role decides"),
}

DOCUMENTS: Mapping[str, Rule] = {
    "documents_api.list_documents": case_row(CASE_READERS, "those of classes the reader may see"),
    "documents_api.add_document": case_row(DOCUMENT_CHANGERS, "employees and providers about themselves only"),
    "documents_api.get_document": document_row(CASE_READERS, "those of classes the reader may see"),
    "documents_api.content": document_row(CASE_READERS, "as get_document"),
    "documents_api.preview": document_row(CASE_READERS, "as get_document"),
    "documents_api.add_version": document_row(DOCUMENT_CHANGERS, "who added it, or who is in charge of the case"),
    "documents_api.remove_document": document_row(DOCUMENT_CHANGERS, "who added it, or who is in charge of the case"),
    "documents_api.list_papers": case_row(CASE_READERS, "those whose class the reader may see"),
    "documents_api.make_paper": case_row(PAPER_MAKERS, "made from what the paper's readers may know"),
    "pages.documents": case_row(CASE_READERS, "as documents_api.list_documents"),
    "pages.add_document": case_row(DOCUMENT_CHANGERS, "as documents_api.add_document"),
    "pages.make_paper": case_row(PAPER_MAKERS, "as documents_api.make_paper"),
    "pages.document": document_row(CASE_READERS, "as documents_api.get_document"),
    "pages.add_version": document_row(DOCUMENT_CHANGERS, "as documents_api.add_version"),
    "pages.remove_document": document_row(DOCUMENT_CHANGERS, "as documents_api.remove_document"),
}

CORRECTIONS: Mapping[str, Rule] = {
    "inbox_api.get_correction": task_row(SIGNED_IN, "as inbox_api.get_task"),
    "inbox_api.reopen_task": task_row(SIGNED_IN, "the task's own role decides"),
    "pages.correct": task_row(SIGNED_IN, "as inbox_api.reopen_task"),
}

HANDING_OVER: Mapping[str, Rule] = {
    "inbox_api.bulk_tasks": Rule(SIGNED_IN, "party_of_the_case", "each task as in the single calls"),
    "inbox_api.hand_over": Rule(HANDERS_OVER, "own_organisation", "an administrator sees numbers and steps only"),
    "pages.hand_over": Rule(HANDERS_OVER, "own_organisation", "as inbox_api.hand_over"),
}

INCIDENTS: Mapping[str, Rule] = {
    "incidents_api.list_incidents": Rule(MENDERS, "alliance", "an administrator sees number and step only"),
    "incidents_api.retry_incident": Rule(MENDERS, "alliance", "trying again shows nothing"),
    "pages.incidents": Rule(MENDERS, "alliance", "as incidents_api.list_incidents"),
    "pages.retry_incident": Rule(MENDERS, "alliance", "as incidents_api.retry_incident"),
}

DEFINITIONS: Mapping[str, Rule] = {
    "definitions_api.list_definitions": Rule(SIGNED_IN, "alliance", "how we work is no secret among members"),
    "definitions_api.get_definition": Rule(SIGNED_IN, "alliance", "how we work is no secret among members"),
}

FUNDING: Mapping[str, Rule] = {
    "funding_api.assess_funding": Rule(SIGNED_IN, "alliance", "a calculator: nothing is read or kept of any case"),
}

PAGES: Mapping[str, Rule] = {
    "pages.home": Rule(SIGNED_IN, "self", "goes to the inbox"),
    "pages.sign_in_form": public("signing in"),
    "pages.sign_in": public("signing in"),
    "pages.sign_out": Rule(SIGNED_IN, "self", "signing out"),
    "pages.set_language": public("German or English before signing in, too"),
    "pages.inbox": Rule(SIGNED_IN, "party_of_the_case", "as inbox_api.list_tasks"),
    "pages.task": task_row(SIGNED_IN, "as inbox_api.get_task and complete_task"),
    "pages.claim": task_row(SIGNED_IN, "as inbox_api.claim_task"),
    "pages.release": task_row(SIGNED_IN, "as inbox_api.release_task"),
    "pages.task_done": task_row(SIGNED_IN, "leads on to the next task or the inbox"),
    "pages.case_list": Rule(CASE_READERS, "party_of_the_case", "as cases_api.list_cases"),
    "pages.case": case_row(CASE_READERS, "as cases_api.get_case"),
    "pages.history": case_row(HISTORY_READERS, "as cases_api.history and verification"),
    "pages.diagram": case_row(CASE_READERS, "as cases_api.diagram"),
    "pages.decisions": case_row(HISTORY_READERS, "as cases_api.decisions"),
    "pages.withdraw": case_row(WITHDRAWERS, "as cases_api.withdraw"),
    "pages.start_case": Rule(CASE_STARTERS, "own_organisation", "as cases_api.start_case"),
}

ACCESS_LOG: Mapping[str, Rule] = {
    "access_log_api.list_access": Rule(ACCESS_LOG_READERS, "alliance", "who looked at whose data"),
    "access_log_api.my_access": Rule(frozenset({EMPLOYEE}), "self", "when one's own data was shown (Art. 15 GDPR)"),
    "pages.access_log": Rule(ACCESS_LOG_READERS, "alliance", "as access_log_api.list_access"),
    "pages.access_log_csv": Rule(ACCESS_LOG_READERS, "alliance", "the same as a file; logged itself"),
    "pages.my_access": Rule(frozenset({EMPLOYEE}), "self", "as access_log_api.my_access"),
}

LINKS: Mapping[str, Rule] = {
    "links_api.issue_link": case_row(LINK_ISSUERS, "whoever asks participants for something"),
    "links_api.list_links": case_row(LINK_ISSUERS, "what became of them"),
    "links_api.revoke_link": case_row(LINK_ISSUERS, "also those that a colleague has handed out"),
    "links_api.confirm": by_link("the link itself is the permission, for one thing once"),
    "pages.case_links": case_row(LINK_ISSUERS, "as links_api.list_links and issue_link"),
    "pages.revoke_link": case_row(LINK_ISSUERS, "as links_api.revoke_link"),
    "pages.participation": by_link("as links_api.confirm"),
    "pages.participation_done": public("thanks, without any data"),
}

COMMENTS: Mapping[str, Rule] = {
    "comments_api.list_comments": case_row(CASE_READERS, "those whose audience fits"),
    "comments_api.add_comment": case_row(COMMENTERS, "the role decides to whom"),
    "comments_api.withdraw_comment": Rule(SIGNED_IN, "self", "one's own", object_route=True),
    "comments_api.list_mentions": Rule(SIGNED_IN, "self", "where one was mentioned"),
    "comments_api.read_mention": Rule(SIGNED_IN, "self", "one's own", object_route=True),
    "pages.comments": case_row(CASE_READERS, "as comments_api.list_comments"),
    "pages.add_comment": case_row(COMMENTERS, "as comments_api.add_comment"),
    "pages.withdraw_comment": Rule(SIGNED_IN, "self", "as comments_api.withdraw_comment", object_route=True),
    "pages.mentions": Rule(SIGNED_IN, "self", "as comments_api.list_mentions"),
    "pages.read_mention": Rule(SIGNED_IN, "self", "as comments_api.read_mention", object_route=True),
}
