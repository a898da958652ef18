"""What whoever hosts the page, and a proxy before it, ask: is it alive (/healthz), and how is it doing (/metrics)?"""
