"""A local Razorpay: the documented HTTP API, Checkout and webhooks over a real socket, without real money.

The real SDK, the real signature code and the real webhook endpoint talk to it, so that what is tested and shown in a
demo is what runs in production. Start it as its own process::

    python -m peerlearn.adapters.razorpay_simulator --port 8001 --data var/razorpay.db --webhook http://127.0.0.1:8000/webhooks/razorpay

It binds the loopback address only and keeps its money in its own SQLite file.
"""
