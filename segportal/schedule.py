"""What Celery beat sends and how often (seconds)."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "ledger.sweep": {"task": "ledger.sweep", "schedule": 20.0},
    "ledger.seal_readings": {"task": "ledger.seal_readings", "schedule": 60.0, "options": {"expires": 60}},
    "ledger.publish_head": {"task": "ledger.publish_head", "schedule": crontab(minute=7)},
    "ledger.deliver_heads": {"task": "ledger.deliver_heads", "schedule": 60.0, "options": {"expires": 60}},
    "ledger.check_chain": {"task": "ledger.check_chain", "schedule": crontab(hour=1, minute=15)},
    "segportal.purge_answers": {"task": "segportal.purge_answers", "schedule": 3600.0},
    "customers.resume_imports": {"task": "customers.resume_imports", "schedule": 20.0, "options": {"expires": 20}},
    "customers.apply_events": {"task": "customers.apply_events", "schedule": 5.0, "options": {"expires": 5}},
    "customers.keep_event_months": {"task": "customers.keep_event_months", "schedule": 3600.0},
    "customers.refresh_build": {"task": "customers.refresh_build", "schedule": 300.0, "options": {"expires": 300}},
    "customers.keep_month_end": {"task": "customers.keep_month_end", "schedule": 300.0, "options": {"expires": 300}},
    "customers.sweep_files": {"task": "customers.sweep_files", "schedule": 600.0},
    "memberships.reap_runs": {"task": "memberships.reap_runs", "schedule": 30.0, "options": {"expires": 30}},
    "memberships.compact": {"task": "memberships.compact_history", "schedule": 3600.0, "options": {"expires": 3600}},
    "memberships.reap_exports": {"task": "memberships.reap_exports", "schedule": 30.0, "options": {"expires": 30}},
    "memberships.export_lake": {"task": "memberships.export_lake", "schedule": crontab(hour=3, minute=30)},
    "memberships.publish_changes": {
        "task": "memberships.publish_changes",
        "schedule": 5.0,
        "options": {"expires": 5, "queue": "stream"},
    },
    "memberships.sweep_batches": {"task": "memberships.sweep_batches", "schedule": 300.0, "options": {"expires": 300}},
    "memberships.measure_shadows": {"task": "memberships.measure_shadows", "schedule": crontab(hour=4, minute=10)},
    "memberships.nightly": {"task": "memberships.request_nightly_run", "schedule": crontab(hour=2, minute=15)},
    "taxonomy.reap_proofs": {"task": "taxonomy.reap_proofs", "schedule": 30.0, "options": {"expires": 30}},
    "activation.send_due_steps": {"task": "activation.send_due_steps", "schedule": 30.0, "options": {"expires": 30}},
    "meetings.plan_coming": {"task": "meetings.plan_coming_meetings", "schedule": 900.0, "options": {"expires": 900}},
    "notifications.send_mails": {"task": "notifications.send_mails", "schedule": 20.0, "options": {"expires": 20}},
    "notifications.send_posts": {"task": "notifications.send_posts", "schedule": 20.0, "options": {"expires": 20}},
    "stewardship.look": {"task": "stewardship.look_for_alarms", "schedule": 300.0, "options": {"expires": 300}},
    "stewardship.remind": {"task": "stewardship.remind", "schedule": 3600.0, "options": {"expires": 3600}},
    "safeguards.lift_ended": {"task": "safeguards.lift_ended", "schedule": 30.0, "options": {"expires": 30}},
    "insights.measure_due": {"task": "insights.measure_due", "schedule": crontab(minute=20)},
    "aims.keep_usage": {"task": "aims.keep_usage", "schedule": 60.0, "options": {"expires": 60}},
    "reviews.apply_due": {"task": "reviews.apply_due", "schedule": 30.0, "options": {"expires": 30}},
    "reviews.remind": {"task": "reviews.remind", "schedule": 300.0, "options": {"expires": 300}},
    "reviews.measure_assumptions": {"task": "reviews.measure_assumptions", "schedule": crontab(minute=35)},
    "reviews.watch_emergencies": {"task": "reviews.watch_emergencies", "schedule": 300.0, "options": {"expires": 300}},
    "reviews.expire_requests": {"task": "reviews.expire_requests", "schedule": 3600.0},
}
