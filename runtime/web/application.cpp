namespace bora::web {}
