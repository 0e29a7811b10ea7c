"""Google's server is asked by firebase-admin: BASE ACCOUNT-FILE GOOD FID GONE OTHERS

GOOD and FID are devices, GONE has not the app any more, OTHERS is of another project. Prints what firebase-admin makes of each
answer, as JSON. Whom to trust stands in REQUESTS_CA_BUNDLE.
"""

import datetime
import json
import sys

import firebase_admin
from firebase_admin import credentials, messaging

base, account, good, fid, gone, others = sys.argv[1:]
service = messaging._MessagingService
service.FCM_URL = base + "/v1/projects/{0}/messages:send"
firebase_admin.initialize_app(credentials.Certificate(account), {"httpTimeout": 20})


def alert(**change):
    shown = messaging.AndroidNotification(tag="tea", sound="default", notification_count=3)
    android = messaging.AndroidConfig(
        collapse_key="tea", priority="high", ttl=datetime.timedelta(seconds=0), notification=shown
    )
    parts = {
        "notification": messaging.Notification(title="ann in tea", body="the kettle is on"),
        "data": {"room": "tea", "seq": "41"},
        "android": android,
    }
    return messaging.Message(**{**parts, **change})


def tell(message):
    try:
        return messaging.send(message).split("/")[0]
    except Exception as error:
        return type(error).__name__


large = {"more": "x" * 5000}
print(
    json.dumps(
        {
            "alert": tell(alert(token=good)),
            "installation": tell(alert(fid=fid)),
            "gone": tell(alert(token=gone)),
            "others": tell(alert(token=others)),
            "no token": tell(alert(token="not-a-token")),
            "large": tell(alert(token=good, data=large)),
        }
    )
)
