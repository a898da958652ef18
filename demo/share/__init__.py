"""What leaves the page: links and QR codes, downloads, worksheets, ONNX files. Tabs may use it; it knows no tab."""
