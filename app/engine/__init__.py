"""The engine: runs BPMN cases, the only room that knows SpiffWorkflow.

Files, in the order a reader needs them: ``xml`` and ``model`` read diagrams, ``gate`` refuses what would not run
as BPMN
says, ``catalogue`` keeps definitions by content hash, ``spiff_*`` adapt SpiffWorkflow, ``frontier`` freezes and thaws a
case, ``step`` advances it in memory, ``store`` writes the step in one guarded transaction, ``service`` offers use
cases.
"""
