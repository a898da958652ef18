# One ConvScope: docker build -t convscope . && docker run -p 7860:7860 convscope
# Several behind a proxy: deploy/README.md
FROM python:3.12-slim

# Without a GPU: PyTorch's package for CPUs is a tenth as large. For one with a GPU: --build-arg TORCH=https://pypi.org/simple
ARG TORCH=https://download.pytorch.org/whl/cpu
WORKDIR /convscope
COPY requirements.txt .
RUN pip install --no-cache-dir --index-url "$TORCH" --extra-index-url https://pypi.org/simple torch torchvision \
	&& pip install --no-cache-dir -r requirements.txt "redis>=5,<9"
COPY app.py pyproject.toml LICENSE ./
COPY demo demo
COPY model_zoo model_zoo
COPY train train

# What visitors send, train and add; a volume, which replicas share.
RUN useradd --create-home --uid 1000 convscope && mkdir /shared && chown convscope /shared
USER convscope
ENV GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860 CONVSCOPE_DATA=/shared/data CONVSCOPE_RUNS=/shared/runs \
	CONVSCOPE_PRIVATE=/shared/private GRADIO_TEMP_DIR=/shared/uploads CONVSCOPE_DRAIN=300
VOLUME /shared
EXPOSE 7860
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s \
	CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=2)"]
CMD ["python", "app.py"]
